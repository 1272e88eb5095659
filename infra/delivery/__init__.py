"""How code gets into the account: where commits come from, the builds, the pipeline around them, pull requests."""

"""What can be asked of an account within seconds, before a deployment of forty minutes: `make preflight`."""

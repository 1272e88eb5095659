"""One module for each command that needs neither an org nor a bucket, named for it."""

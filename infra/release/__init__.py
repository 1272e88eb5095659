"""What the pipeline's stages run: import, pack, fetch, deploy, verify, roll back, comment on a pull request."""

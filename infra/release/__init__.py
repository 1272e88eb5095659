"""What the pipeline's stages run: sort the units, import, pack, fetch, deploy, verify, roll back."""

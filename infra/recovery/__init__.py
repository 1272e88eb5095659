"""How a folder of a versioned bucket goes back to a moment: `python -m infra.recovery`."""

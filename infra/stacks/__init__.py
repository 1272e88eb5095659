"""The stacks, one a module, and what all of them have in common."""

"""What the org is made of: objects and fields, and the describe results made of them."""

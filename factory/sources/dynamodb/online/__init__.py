"""What asks DynamoDB itself; it loads AWS's client, which takes longer than most commands.

commands   the commands, as the seam names them
"""

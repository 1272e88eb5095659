"""Commands that need a warehouse. Loaded only when they are called.

commands   the commands, as the seam names them
described  a table as a warehouse describes it
"""

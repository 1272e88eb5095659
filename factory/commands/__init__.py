"""One module for each command, named for it.

chosen   what a command was pointed at: a tree, or one spec in it
"""

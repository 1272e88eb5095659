"""Commands that need a MySQL server. Loaded only when they are called, for they load its client.

commands    the commands, made of what databases share
described   a table as the server describes it, with its indexes, comments and size
"""

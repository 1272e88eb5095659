"""Commands that need an org. Loaded only when they are called, for they load the runtime's clients.

commands       the commands, as the seam names them
org_session    a client of an org, or of the sandbox's
catalog_pull   describe results, stored in the catalogue or held against it
"""

"""Commands that need an org. Loaded only when they are called, for they load the runtime's clients.

org_session    a client of an org, or of the sandbox's
catalog_pull   `factory catalog pull` and `factory catalog diff`
preview        `factory preview`
"""

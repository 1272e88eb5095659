"""Amazon Redshift as the compiler knows it.

kind      the kind of source
online    commands that need a warehouse
"""

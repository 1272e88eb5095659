"""MySQL and MariaDB, also as RDS and Aurora: all that the compiler knows of them beside what databases have in common.

kind     the kind of source, as the registry has it
online   commands that need a server
"""

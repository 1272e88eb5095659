"""Real database servers on loopback, and what the sample units keep in them.

command      `python -m sandbox databases`
samples      what the sample units read, and the connections to it
postgresql   a PostgreSQL server that ends with the block, out of a wheel of the Python index
mariadb      the same of MariaDB, of Debian's package
unprivileged  who runs them
tls          TLS in front of it
"""

"""Real database servers on loopback, out of wheels of the Python index, and what the sample units keep in them.

command      `python -m sandbox databases`
samples      what the sample units read, and the connections to it
postgresql   a PostgreSQL server that ends with the block
tls          TLS in front of it
"""

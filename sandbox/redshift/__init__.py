"""A stand-in of Amazon Redshift: the Data API over HTTP, and UNLOAD into S3, over a real PostgreSQL server.

PostgreSQL is not Redshift, whose SQL is an older branch of it. The stand-in adds what the runtime asks for (types, system views,
functions) and reads texts as Redshift does, a backslash as an escape. What it does not know it refuses by name.

warehouse  what a test or a sample does to the stand-in: its users and roles, how long statements take, faults
dialect    what PostgreSQL lacks of Redshift, as a script for a database
api        the Data API: requests and their answers
statements statements under way, each in a thread
results    the answer of a statement, as the Data API gives it
unload     UNLOAD: its text, its files, its manifest
roles      the roles by which what was unloaded is written and read
sample     the margin mart of the sample unit
"""

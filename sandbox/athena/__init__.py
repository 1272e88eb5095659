"""What stands in for Athena: DuckDB, which merges into the same Iceberg tables, behind moto's own API.

queries      moto's Athena, which runs what it is sent
engine       one statement, translated from Athena's SQL to DuckDB's and run by DuckDB with the rights of whoever asks
upkeep       OPTIMIZE and VACUUM, done by pyiceberg
rest_catalog  Glue as an Iceberg REST catalogue, which DuckDB commits through

It does not know: workgroups beyond their names, the limit of scanned bytes, queues, encryption, results in S3, and what of
Athena's SQL sqlglot cannot translate, which fails the query.
"""

"""The org's rows: made from a seed, kept in DuckDB, changed by the life of the org."""

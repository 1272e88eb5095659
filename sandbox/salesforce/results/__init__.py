"""Results of queries, written out once and served page by page."""

"""Rows on their way from a source to a file: Arrow record batches.

column       one column: its kind and measures, its protection
canonical    one text for every value of a source that sends text
typed        the Arrow type of a column, and the canonical text of typed values
key          the text of a row's key, by which rows are compared
protect      field protection
added        the time of reading, and dates as Unix timestamps
text_array   Arrow arrays made of Python texts
encode/      csv, json, ndjson, parquet
decode/      the one reader of published files, as a stream
"""

"""Commands that need a source or a bucket. Loaded only when they are called.

preview            `factory preview`
catalog_commands   `factory catalog pull` and `factory catalog diff`
verify             `factory verify`
site               `factory site`
status             `factory status`: standing judges, answer prints
query              `factory query`: athena and lake_sql ask, answer prints
"""

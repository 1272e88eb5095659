"""Commands that need a source or a bucket. Loaded only when they are called.

preview            `factory preview`
catalog_commands   `factory catalog pull` and `factory catalog diff`
verify             `factory verify`
parity             `factory parity`: what an old DAG left beside what a spec published
site               `factory site`
status             `factory status`: standing judges, answer prints
backfill           `factory backfill`: backfill_forecast counts, airflow_rest has Airflow run
lake_buckets       the buckets of specs, for commands that read what was published
query              `factory query`: athena and lake_sql ask, published_views show what is no table, answer prints
"""

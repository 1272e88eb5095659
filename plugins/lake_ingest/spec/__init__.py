"""The rules that the compiler and the runtime share: pure functions over frozen values, no Airflow, no clients.

duration      "6 months", and stepping by it through a time zone
period        periods of a duration, counted from a fixed day
literal       relative dates such as LAST_N_DAYS:5
batch_size    how a run is cut: lengths of its window, or so many rows
interval      from one point up to another: instants, calendar dates, or keys
key_range     from one key of a table up to another
window        which rows a run reads, as specs write it
calendar_window  the windows among them that follow the calendar: "last month"
resolution    a window's bounds for one run, resolved once and cut into half-open batches
table_name    "schema.table", and what an allow-list covers
cron          steps of a schedule
closed_days   days on which a schedule is not to run
csv_dialect   how CSV files are written
lake_table    the table that a dataset is registered as
object_key    where objects lie in S3
ingestion     the effective spec, as the compiled DAG carries it
"""

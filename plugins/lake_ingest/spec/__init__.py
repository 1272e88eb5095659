"""The rules that the compiler and the runtime share: pure functions over frozen values, no Airflow, no clients.

duration      "6 months", and stepping by it through a time zone
period        periods of a duration, counted from a fixed day
literal       relative dates such as LAST_N_DAYS:5, resolved to instants
window        what a run reads: resolved once, cut into half-open batches
object_key    where objects lie in S3
ingestion     the effective spec, as the compiled DAG carries it
"""

"""The rules that the compiler and the runtime share: pure functions over frozen values, no Airflow, no clients.

duration      "6 months", and stepping by it through a time zone
period        periods of a duration, counted from a fixed day
literal       Salesforce's relative dates, resolved to instants
window        what a run reads: resolved once, cut into half-open batches
soql          the text of queries, and what a written query selects
object_key    where objects lie in S3
record_id     the two forms of Salesforce's ids
ingestion     the effective spec, as the compiled DAG carries it
"""

"""Everything that speaks to Salesforce.

connection   an Airflow connection, read into frozen credentials
login        the credentials, exchanged for a session
client       HTTP with retries, renewed sessions and counted calls
failure      answers of Salesforce, read as fatal, retriable or quota
describe     objects and their fields
rest         rows by REST query
bulk         rows by Bulk API 2.0
"""

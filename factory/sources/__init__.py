"""A folder for each kind of source that the compiler knows.

seam         what the compiler asks of a kind of source
registry     every kind, by its name; nothing else imports the folder of a kind
foreign_keys keys of a spec that its kind of source does not know
given_connection  an Airflow connection that is given to a command
sandbox_process   a stand-in of the sandbox, started for a command
salesforce   objects of a Salesforce org
postgresql   tables of a PostgreSQL database
dynamodb     tables of Amazon DynamoDB
relational   what databases have in common; a kind of database is this and its dialect
"""

"""Hand-written DAGs as specs. The file is read, never run.

A file, followed step by step:
values             what an expression can be besides a plain value: unknown, a function, a DAG, a task
plain              operations on plain values, kept from growing without bounds
calendar_steps     dates as pendulum and dateutil step them
library            functions of Python and Airflow whose result follows from their arguments
known_functions    those that call back, look at names, or read a file
neighbours         the files beside the DAG
modules            modules among them
course             what was met so far, and what is in doubt
iteration          what a loop over a value gives
expressions        the value of an expression
written_out        lists, dicts and f-strings in it
combined           its operators and conditions
members            what stands behind a dot in it
comprehensions     a loop inside it
targets            what stands left of `=`
statements         the effect of a statement
definitions        imports, functions and classes
branches           `if` and `match`
loops              `for` and `while`
attempts           `try`
ways               several ways, where it is not known which one is taken
calls              the effect of a call
airflow_objects    the DAGs, groups and tasks that calls make
dag_file           the whole: a file's DAGs and tasks, and what could not be followed

What it makes, as specs:
timing             schedule, time zone, start, catchup
run_moments        what templates say in sample runs
run_windows        two ends as a window
slices             windows side by side as one in batches
written_select     a SELECT taken apart
query_keys         a query as keys
operator_keys      the Salesforce operators' parameters as keys
task_parameters    what a task was given, parameter by parameter
pandas_files       what pandas was told of the files as keys
sql_operator       the parameters of SqlToS3Operator as keys
dynamodb_operator  the parameters of DynamoDBToS3Operator as keys
redshift_operator  the parameters of RedshiftToS3Operator as keys
sql_names          names in SQL as the database knows them
sql_select         a SELECT in SQL taken apart
sql_written        one that no other keys say, as `query`
sql_conditions     its conditions as bounds of columns
sql_window         those that bound a window as keys
template_marks     templates, out of the way of a reader of SQL
operator_places    connections, bucket and key
operator_rest      what has no key
other_tasks        the tasks around a read
destination_unit   the unit that the specs are for
findings           what there is to say
origins            where in the file a key of a spec comes from
drafts             a DAG file as drafts
spec_files         a draft as YAML
"""

"""An ingestion → the DAG that Airflow builds.

dag         dag-factory's configuration of one DAG
dag_files   the Python files through which Airflow finds them
doc_page    the page that Airflow shows of a DAG
airflow_access  the role in Airflow that a DAG is shown to
contact     a unit's contact as a link
notified    what a DAG is given for the notices of its unit
watch       the DAG of a unit that tells what is late, and what is over
output      compiled DAGs, written to a folder
unit_list   the units, as the platform has to know them
"""

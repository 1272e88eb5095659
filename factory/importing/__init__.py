"""Hand-written DAGs as specs. The file is read, never run.

- `values`, `plain`, `calendar_steps`, `library`, `neighbours`: what an expression can be, and what follows from constants
- `expressions`, `calls`, `statements`, `modules`, `course`: a file followed step by step
- `airflow_objects`, `dag_file`: the DAGs and tasks that it makes
"""

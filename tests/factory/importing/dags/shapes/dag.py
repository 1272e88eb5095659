from datetime import datetime, timedelta
from functools import partial
from airflow import DAG
from airflow.decorators import task_group, task, dag
from airflow.models.baseoperator import chain
from operators.salesforce_to_s3_operator import *
P = dict(sf_conn_id="salesforce_default", s3_conn_id="aws_connection", s3_bucket="{{ var.value.bucket_name }}", s3_key="k", sf_fields=["Id"])
args = {"retries": 1}
args.update(retries=2, owner="me")
args["email"] = ["x@y.z"]
make = partial(SalesforceToS3Operator, **P)
class Builder:
    prefix = "b_"
    def __init__(self, dag): self.dag = dag; self.made = []
    def add(self, obj, **kw):
        t = SalesforceToS3Operator(task_id=self.prefix + obj, sf_obj=obj, dag=self.dag, **P, **kw)
        self.made.append(t); return self
for unit, objs in {"x": ["Account"], "y": ["Contact", "Opportunity"]}.items():
    with DAG(f"loop_{unit}", schedule="@daily", start_date=datetime(2026,1,1), catchup=False, default_args=args) as d:
        tasks = [make(task_id=f"lc_{unit}_{o}", sf_obj=o) for o in objs if o != "Contact"]
        chain(*tasks)
        Builder(d).add("Account", fmt="json").add("Opportunity")
        i = 0
        while i < 2:
            make(task_id=f"w{i}_{unit}", sf_obj="Task", from_date=["TODAY", "YESTERDAY"][i])
            i += 1
        match unit:
            case "x": make(task_id="mx", sf_obj="Account")
            case _: make(task_id="my", sf_obj="Account")
        f = lambda o: make(task_id=f"la_{unit}_{o}", sf_obj=o)
        list(map(f, ["Contact"]))
        @task_group
        def grp(o):
            make(task_id=f"tg_{unit}_{o}", sf_obj=o)
        grp("Account")
        grp.override(group_id="g2")("Opportunity")
        grp.expand(o=["Account"])
try:
    import nothing
    make(task_id="in_try", sf_obj="Account", dag=DAG("t", schedule=None))
except ImportError:
    make(task_id="in_except", sf_obj="Account", dag=DAG("t2", schedule=None))
if len(args) > 2:
    make(task_id="const_if", sf_obj="Account", dag=DAG("ci", schedule=None))
else:
    make(task_id="dead", sf_obj="Account", dag=DAG("dead", schedule=None))
def early(flag, obj):
    if flag: return None
    if unknown_thing(): return None
    return make(task_id="after_unknown_return", sf_obj=obj, dag=DAG("au", schedule=None))
early(True, "Contact"); early(False, "Contact")
def mutate(lst): lst.append("Name")
fields = ["Id"]; mutate(fields); external(fields)
SalesforceToS3Operator(task_id="tainted", dag=DAG("tt", schedule=None), **{**P, "sf_fields": fields}, sf_obj="Account")
d3 = DAG("d3", schedule="0 6 * * *", start_date=datetime(2026,1,1,tzinfo=None), catchup=False)
t1 = SalesforceToS3Operator(task_id="t1", sf_obj="Account", **P); t1.dag = d3
d3.add_task(SalesforceToS3Operator(task_id="t2", sf_obj="Account", **P))
t3 = SalesforceToS3Operator(task_id="t3", sf_obj="Account", dag=d3, **P); t3.from_date = "YESTERDAY"

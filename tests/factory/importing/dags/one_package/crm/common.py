from datetime import timedelta
DEFAULTS = {"owner": "crm", "retries": 3, "retry_delay": timedelta(minutes=5), "email_on_failure": False}
CONN = {"sf_conn_id": "salesforce_default", "s3_conn_id": "aws_connection"}
def key(obj, ext="csv", *, base="crm"):
    return "/".join([base, obj.lower(), "%(d)s.%(e)s" % {"d": "{{ ds_nodash }}", "e": ext}])

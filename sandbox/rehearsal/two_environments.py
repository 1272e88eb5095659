"""The group's two environments in two accounts, as a `cdk.json` would describe them: their templates, their roles, their buckets."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.analysis.template import Assembly
from sandbox.rehearsal.cloud import Cloud
from sandbox.rehearsal.intrinsics import ACCOUNT, REGION, Values
from sandbox.rehearsal.pipeline_plan import policies

OTHER_ACCOUNT = "210987654321"
CONTEXT = {
    "environments": {
        "dev": {"envName": "LakeDev", "at": f"{ACCOUNT}/{REGION}"},
        "prod": {"envName": "Lake", "at": f"{OTHER_ACCOUNT}/{REGION}", "maxWorkers": 3},
    },
    # What the CDK's command line looks up once, and keeps in cdk.context.json.
    **{
        f"availability-zones:account={account}:region={REGION}": [f"{REGION}{zone}" for zone in "abc"]
        for account in (ACCOUNT, OTHER_ACCOUNT)
    },
}


def synthesise(checkout: Path, out: Path, name: str) -> Assembly:
    """The templates of one environment of a checkout, whose group knows the two."""
    context = json.dumps({**CONTEXT, "environment": name})
    environment = {**os.environ, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(out)}
    subprocess.run([sys.executable, "-m", "infra.app"], cwd=checkout, env=environment, check=True)
    return _named_apart(Assembly.read(sorted(out.glob("*.template.json"))), name)


def _named_apart(assembly: Assembly, name: str) -> Assembly:
    """In the stand-in resources are called by their logical ids; buckets of two accounts need two names, as everywhere."""
    [environment] = assembly.resources("AWS::MWAA::Environment")
    logical_id = environment.properties["SourceBucketArn"]["Fn::GetAtt"][0]
    text = json.dumps(assembly.templates).replace(logical_id, f"{logical_id}{name}")
    return Assembly(json.loads(text))


def grant_by_name(cloud: Cloud, assembly: Assembly) -> None:
    """Make the roles that another account names, with what they may do."""
    may = policies(assembly)
    for role in assembly.resources("AWS::IAM::Role"):
        if role.stack == "promotion":
            cloud.add_role(role.properties["RoleName"], may[f"{role.stack}.{role.logical_id}"])


def bucket_and_name(assembly: Assembly) -> tuple[str, str]:
    """The bucket of an environment, and its name."""
    [environment] = assembly.resources("AWS::MWAA::Environment")
    bucket = Values(assembly).of(environment.properties["SourceBucketArn"]).rpartition(":")[2]
    return bucket, environment.properties["Name"]

"""Who may open Airflow as what."""

import json

from tests.infra.sets import ACCOUNT, INSTANCE, MANAGEMENT, REGION


def test_each_role_of_airflow_has_a_policy(defaults):
    policies = {
        p.properties["ManagedPolicyName"]: p.properties
        for p in defaults.resources("AWS::IAM::ManagedPolicy")
        if p.stack == "access"
    }
    assert sorted(policies) == [
        f"MwaaEnvironment-airflow-{role}" for role in ("admin", "op", "user", "viewer")
    ]
    for name, properties in policies.items():
        [login, _] = properties["PolicyDocument"]["Statement"]
        assert login["Action"] == "airflow:CreateWebLoginToken"
        assert defaults.text(login["Resource"]).lower().endswith(f"/{name.rpartition('-')[2]}")


def test_with_identity_center_it_is_a_permission_set_and_groups_get_it(assemblies):
    access = assemblies["identity-center"]
    assert not [p for p in access.resources("AWS::IAM::ManagedPolicy") if p.stack == "access"]
    sets = {s.properties["Name"]: s.properties for s in access.resources("AWS::SSO::PermissionSet")}
    assert sorted(sets) == [f"MwaaEnvironment-{role}" for role in ("Admin", "Op", "User", "Viewer")]
    assert all(s["InstanceArn"] == INSTANCE for s in sets.values())
    groups = {a.properties["PrincipalId"][0] for a in access.resources("AWS::SSO::Assignment")}
    assert groups == {"1", "2"}


def test_managed_elsewhere_access_is_left_out_here_and_alone_there(assemblies):
    here, there = assemblies["managed-elsewhere"], assemblies["management"]
    assert "access" not in here.templates
    assert list(there.templates) == ["access"]
    sets = list(there.resources("AWS::SSO::PermissionSet"))
    assert len(sets) == 4
    for permission_set in sets:
        [login, environment] = permission_set.properties["InlinePolicy"]["Statement"]
        for statement in (login, environment):
            assert f":airflow:{REGION}:{ACCOUNT}:" in there.text(statement["Resource"])
    targets = {a.properties["TargetId"] for a in there.resources("AWS::SSO::Assignment")}
    assert targets == {ACCOUNT}


def test_the_stack_of_access_belongs_to_the_managing_account(synthesised):
    manifest = json.loads((synthesised / "management" / "manifest.json").read_text())
    assert manifest["artifacts"]["access"]["environment"] == f"aws://{MANAGEMENT}/us-east-1"

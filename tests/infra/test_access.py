"""Who may open Airflow as what."""

from tests.infra.sets import INSTANCE


def test_each_role_of_airflow_has_a_policy(defaults):
    policies = {
        p.properties["ManagedPolicyName"]: p.properties for p in defaults.resources("AWS::IAM::ManagedPolicy")
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
    assert not list(access.resources("AWS::IAM::ManagedPolicy"))
    sets = {s.properties["Name"]: s.properties for s in access.resources("AWS::SSO::PermissionSet")}
    assert sorted(sets) == [f"MwaaEnvironment-{role}" for role in ("Admin", "Op", "User", "Viewer")]
    assert all(s["InstanceArn"] == INSTANCE for s in sets.values())
    groups = {a.properties["PrincipalId"][0] for a in access.resources("AWS::SSO::Assignment")}
    assert groups == {"1", "2"}

"""Who may query a unit's tables, and read what it has published."""

from tests.infra.templates import listed, statements


def test_a_reader_a_unit_who_reads_that_unit_s_folder_and_tables(defaults):
    roles = {r.properties["RoleName"] for r in defaults.resources("AWS::IAM::Role") if r.stack == "readers"}
    assert roles == {"MwaaEnvironment-finance-reader", "MwaaEnvironment-sales-reader"}
    found = {one["Sid"]: one for one in statements(defaults, "Readerfinance")}
    assert listed(found["Read"]["Action"]) == ["s3:GetObject"]
    assert defaults.text(found["Read"]["Resource"]).endswith("/finance/*")
    assert found["List"]["Condition"] == {"StringLike": {"s3:prefix": ["finance", "finance/*"]}}
    assert defaults.text(found["Query"]["Resource"]).endswith(":workgroup/MwaaEnvironment-finance")
    tables = [defaults.text(one).rpartition(":")[2] for one in found["Tables"]["Resource"]]
    assert tables == ["catalog", "database/finance", "table/finance/*"]
    actions = {action for one in found.values() for action in listed(one["Action"])}
    assert not [
        one
        for one in actions
        if one.startswith("s3:Delete") or one in ("glue:UpdateTable", "glue:CreateTable")
    ]


def test_a_unit_with_buckets_of_its_own_is_read_there(defaults):
    [read] = [one for one in statements(defaults, "Readersales") if one["Sid"] == "Read"]
    assert [defaults.text(one) for one in listed(read["Resource"])] == [
        "arn:<Partition>:s3:::sales-own-bucket/crm/sales/*",
        "arn:<Partition>:s3:::sales-archive/crm/sales/*",
    ]


def test_who_may_assume_it_is_said_or_left_to_the_account(assemblies):
    def trusted(name):
        roles = [r for r in assemblies[name].resources("AWS::IAM::Role") if r.stack == "readers"]
        [role] = [r for r in roles if r.properties["RoleName"].endswith("-finance-reader")]
        found = role.properties["AssumeRolePolicyDocument"]["Statement"]
        text = assemblies[name].text
        return [(text(one["Principal"]["AWS"]).split(":")[4:], one.get("Condition")) for one in found]

    assert trusted("defaults") == [(["<AccountId>", "root"], None)]
    assert trusted("large") == [
        ([account, "root"], {"ArnLike": {"aws:PrincipalArn": listed(arn)}})
        for account, arn in (
            ("123456789012", ["arn:aws:iam::123456789012:role/analysts"]),
            ("210987654321", ["arn:aws:iam::210987654321:role/cockpit-*"]),
        )
    ]

"""Fields by their paths: what is behind a relationship to several objects is known without asking for any of them."""

from typing import ClassVar

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.describe import Describer, read_description

from tests.runtime.published import published_rows

FIELDS = ("Id", "Who.Name", "Who.Type", "What.Name", "What.Type", "Who.IsActive")


def described(landing):
    asked = [one["path"] for one in landing.org.requests() if one["path"].endswith("/describe")]
    return sorted(path.split("/")[-2] for path in asked)


def land(landing, fields=FIELDS, **spec):
    return landing.land(object="Task", fields=[{"name": name} for name in fields], format="csv", **spec)


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_a_polymorphic_relationship_costs_no_description(landing, api):
    manifest = land(landing, api=api)
    assert described(landing) == ["Task"]
    rows = published_rows(landing.bucket, manifest)
    assert {row["What.Type"] for row in rows} == {"Account", "Opportunity", "Case", None}
    assert {row["Who.Type"] for row in rows} == {"Contact", "Lead", None}
    assert manifest["schema"][5]["source_type"] == "boolean"


def test_a_target_that_the_user_may_not_describe_ends_no_run(landing):
    hidden = {"status": 404, "code": "NOT_FOUND", "message": "The requested resource does not exist"}
    landing.org.fault("error", "/sobjects/(Case|Lead)/describe", times=None, **hidden)
    assert land(landing)["rows"] > 0


def test_what_is_no_field_of_a_name_is_for_salesforce_to_judge(landing):
    landing.org.fault(
        "error", "/sobjects/Contact/describe", times=None, status=403, code="INSUFFICIENT_ACCESS"
    )
    with pytest.raises(FatalError, match="No such column 'Colour' on entity 'Name'"):
        land(landing, ("Id", "Who.Colour"))


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("Owner.Name", "string"),
        ("owner.isactive", "boolean"),
        ("Owner.LastViewedDate", "datetime"),
        ("Owner.Profile.Name", "string"),
        ("Owner.ProfileId", "reference"),
        ("Parent.Type", "picklist"),
        ("Owner.Colour", "string"),
        ("Owner.Manager.Name", "string"),
        ("Account.CreatedDate", "datetime"),
    ],
)
def test_a_path_has_the_type_of_its_field(path, type_):
    describer = Describer(OneOrg())
    assert describer.find("FeedItem", path).type == type_


def test_an_object_that_is_a_parent_only_may_be_read_through():
    assert Describer(OneOrg()).find("FeedItem", "Owner.UserRole.Name").type == "string"
    with pytest.raises(FatalError, match="object UserRole cannot be queried"):
        Describer(OneOrg()).describe("UserRole")


def reference(name, *targets, **more):
    return {
        "name": f"{name}Id",
        "type": "reference",
        "relationshipName": name,
        "referenceTo": list(targets),
        **more,
    }


class OneOrg:
    """An org whose users and groups are hidden from the user; a feed item's parent shows no object at all."""

    OBJECTS: ClassVar = {
        "FeedItem": [
            reference("Owner", "Group", "User", polymorphicForeignKey=True),
            reference("Parent"),
            reference("Account", "Account"),
        ],
        "Account": [{"name": "CreatedDate", "type": "datetime"}],
        "Profile": [{"name": "Name", "type": "string"}],
        "UserRole": [{"name": "Name", "type": "string"}],
    }

    def get(self, path, doing):
        name = path.split("/")[1]
        if name not in self.OBJECTS:
            raise FatalError(f"Salesforce could not {doing}: HTTP 404 NOT_FOUND")
        return {"name": name, "queryable": name != "UserRole", "fields": self.OBJECTS[name]}


def test_a_reference_to_one_object_is_no_name():
    field = read_description({"name": "A", "fields": [reference("Owner", "User")]}).by_relationship("owner")
    assert not field.points_to_names

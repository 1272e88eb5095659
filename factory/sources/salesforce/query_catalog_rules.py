"""ING316, ING317, ING319 and ING321: what a query or filter reads, against the offline catalogue of the org."""

from factory.rules.rule import Rule

FILTER = Rule(
    "ING316", "not-filterable", "A query or filter compares a field that cannot be filtered.",
    "Salesforce refuses filters on long texts, addresses and encrypted fields.",
    wrong="object: Opportunity\nquery: SELECT Id FROM Opportunity WHERE Description = 'x'\n",
    right="object: Opportunity\nquery: SELECT Id FROM Opportunity WHERE Name = 'x'\n",
)  # fmt: skip
CHILD_OBJECT = Rule(
    "ING317", "child-not-allowed", "The query reads a child object that the unit may not read.",
    "A child relationship reaches another object, whose rows belong to the agreement as well.",
    wrong="object: Account\nquery: SELECT Id, (SELECT Id FROM Cases) FROM Account\n",
    right="object: Account\nquery: SELECT Id FROM Account\n", fixed=True,
)  # fmt: skip

IDS = Rule(
    "ING319", "needs-ids", "Salesforce reads the object only for given ids, and none are given.",
    "Some objects answer no other query. Their org refuses it when the DAG runs: \"requires a filter by a single Id\".",
    wrong="object: ContentDocumentLink\nwindow: full\n",
    right="object: ContentDocumentLink\nwindow: full\nfilter: LinkedEntityId IN (SELECT Id FROM Account)\n", fixed=True,
)  # fmt: skip

VALUE = Rule(
    "ING321", "value-type", "A field is compared with a value of another type.",
    "Salesforce compares texts with texts in quotes, and dates, date-times, numbers and true or false without them.",
    wrong="object: Opportunity\nwindow: full\nfilter: CloseDate >= '2026-01-01'\n",
    right="object: Opportunity\nwindow: full\nfilter: CloseDate >= 2026-01-01\n",
)  # fmt: skip

RULES = (FILTER, CHILD_OBJECT, IDS, VALUE)

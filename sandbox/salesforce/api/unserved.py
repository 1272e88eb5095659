"""What Salesforce has and this org has not: answered with 501 and its name, never with a wrong answer."""

from typing import Final

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.error_answer import not_found, not_served


def write(call: Call) -> Reply:
    """POST, PATCH and DELETE of records, which Salesforce has and this org serves at /__sandbox__ only."""
    raise not_served(
        f"writes over REST ({call.method} {call.path}); POST to /__sandbox__/insert, update or delete"
    )


# The names at the root of REST that lead somewhere in Salesforce (REST API Developer Guide, "Reference").
KNOWN: Final = frozenset(
    {
        "actions",
        "analytics",
        "appMenu",
        "assistant",
        "async-queries",
        "chatter",
        "commerce",
        "compactLayouts",
        "composite",
        "connect",
        "consent",
        "dedupe",
        "domino",
        "duplicates",
        "eclair",
        "emailConnect",
        "event",
        "flexiPage",
        "folders",
        "graphql",
        "iot",
        "jobs",
        "jsonxform",
        "knowledgeManagement",
        "licensing",
        "limits",
        "localizedvalue",
        "manageable",
        "metadata",
        "parameterizedSearch",
        "payments",
        "process",
        "quickActions",
        "recent",
        "scheduling",
        "search",
        "sfdc_survey",
        "smartdatadiscovery",
        "support",
        "tabs",
        "theme",
        "tooling",
        "ui-api",
        "wave",
    }
)


def resource(call: Call) -> Reply:
    """Resources that Salesforce has and this org has not."""
    raise not_served(f"{call.method} {call.path}")


def unknown(call: Call) -> Reply:
    """Everything below /services/data that is not a resource of this org: 501 if Salesforce has it, else 404."""
    if call.path_parameters["rest"].partition("/")[0] in KNOWN:
        resource(call)
    raise not_found()

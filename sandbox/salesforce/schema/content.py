"""Files and feeds: objects that answer some queries only."""

from sandbox.salesforce.schema.kinds import (
    datetime,
    integer,
    long_text,
    object_type,
    owner,
    picklist,
    reference,
    text,
)
from sandbox.salesforce.schema.model import Field, ObjectType

CONTENT_DOCUMENT = object_type(
    "ContentDocument",
    "069",
    "Content Document",
    "Content Documents",
    text("Title", required=True, name_field=True),
    text("FileExtension", 40),
    picklist("FileType", "PDF", "PNG", "CSV", "WORD_X"),
    integer("ContentSize"),
    long_text("Description", 1000),
    owner(),
)

# Object Reference, "ContentDocumentLink": no query without a filter on one of these ids.
CONTENT_DOCUMENT_LINK = ObjectType(
    "ContentDocumentLink",
    "06A",
    "Content Document Link",
    "Content Document Links",
    (
        Field("Id", "id", length=18, nillable=False),
        reference("LinkedEntityId", "Account", "Case", "Opportunity", via="LinkedEntity", required=True),
        reference("ContentDocumentId", "ContentDocument", children="ContentDocumentLinks", required=True),
        Field("IsDeleted", "boolean", nillable=False),
        datetime("SystemModstamp", required=True),
        picklist("ShareType", "V", "C", "I"),
        picklist("Visibility", "AllUsers", "InternalUsers", "SharedUsers"),
    ),
    filters=("ContentDocumentId", "LinkedEntityId", "Id"),
)

FEED_ITEM = object_type(
    "FeedItem",
    "0D5",
    "Feed Item",
    "Feed Items",
    reference("ParentId", "Account", "Case", "Opportunity", via="Parent", required=True),
    picklist("Type", "TextPost", "LinkPost", "ContentPost", "TrackedChange", required=True),
    long_text("Body", 10000),
    text("Title"),
    integer("CommentCount"),
    reference(
        "ConnectionId", via="Connection"
    ),  # to an object that the user may not see, so it leads nowhere
    aggregates=False,
)

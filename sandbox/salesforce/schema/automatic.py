"""Objects whose rows Salesforce writes itself: what was changed, and who may see what."""

from sandbox.salesforce.schema.kinds import datetime, picklist, reference
from sandbox.salesforce.schema.model import Field, ObjectType

# Object Reference, "OpportunityFieldHistory": rows are added and never changed, so there is one stamp.
OPPORTUNITY_FIELD_HISTORY = ObjectType(
    "OpportunityFieldHistory",
    "017",
    "Opportunity Field History",
    "Opportunity Field History",
    (
        Field("Id", "id", length=18, nillable=False),
        Field("IsDeleted", "boolean", nillable=False),
        reference("OpportunityId", "Opportunity", children="Histories", required=True),
        reference("CreatedById", "User", required=True),
        datetime("CreatedDate", required=True),
        picklist("Field", "StageName", "Amount", "CloseDate", "created", required=True),
        picklist("DataType", "DynamicEnum", "Currency", "DateOnly"),
        Field("OldValue", "anyType"),
        Field("NewValue", "anyType"),
    ),
)

# Object Reference, "AccountShare": stamped by its last change alone, and not replicated.
ACCOUNT_SHARE = ObjectType(
    "AccountShare",
    "00r",
    "Account Share",
    "Account Share",
    (
        Field("Id", "id", length=18, nillable=False),
        reference("AccountId", "Account", children="Shares", required=True),
        reference("UserOrGroupId", "Group", "User", via="UserOrGroup", required=True),
        picklist("AccountAccessLevel", "Read", "Edit", "All", required=True),
        picklist("OpportunityAccessLevel", "None", "Read", "Edit", required=True),
        picklist("CaseAccessLevel", "None", "Read", "Edit", required=True),
        picklist("ContactAccessLevel", "None", "Read", "Edit"),
        picklist("RowCause", "Owner", "Team", "Rule", "Manual", required=True),
        datetime("LastModifiedDate", required=True),
        reference("LastModifiedById", "User", required=True),
        Field("IsDeleted", "boolean", nillable=False),
    ),
    replicateable=False,
)

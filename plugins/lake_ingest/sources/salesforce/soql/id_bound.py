"""Objects that Salesforce only reads for given ids, or given values of a few fields.

As the org's own refusals name them ("Implementation restriction: ContentDocumentLink requires a filter by …", "a filter on a
reified column is required"): https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
"""

# The fields of which one has to be given with = or IN.
BOUND: dict[str, tuple[str, ...]] = {
    "ContentDocumentLink": ("LinkedEntityId", "ContentDocumentId"),
    "ContentFolderItem": ("ParentContentFolderId", "Id"),
    "ContentFolderLink": ("ParentEntityId", "ContentFolderId", "Id"),
    "ContentFolderMember": ("ParentContentFolderId", "ChildRecordId", "Id"),
    "DataStatistics": ("StatType",),
    "EntityParticle": ("EntityDefinitionId", "FieldDefinitionId", "DurableId"),
    "FieldDefinition": ("EntityDefinitionId", "DurableId"),
    "FlexQueueItem": ("JobType",),
    "IdeaComment": ("IdeaId", "CommunityId", "Id"),
    "OwnerChangeOptionInfo": ("EntityDefinitionId", "DurableId"),
    "PicklistValueInfo": ("EntityParticleId", "DurableId"),
    "RelationshipDomain": ("ParentSobjectId", "ChildSobjectId", "FieldId", "RelationshipInfoId", "DurableId"),
    "RelationshipInfo": ("ChildSobjectId", "FieldId", "DurableId"),
    "SearchLayout": ("EntityDefinitionId", "DurableId"),
    "SiteDetail": ("DurableId",),
    "UserEntityAccess": ("UserId", "DurableId"),
    "UserFieldAccess": ("DurableId",),
    "UserRecordAccess": ("RecordId",),
    "Vote": ("ParentId", "Parent.Type", "Id"),
}

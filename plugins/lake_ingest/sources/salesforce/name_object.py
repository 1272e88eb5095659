"""The object Name: what a relationship shows that may lead to records of several objects, such as a task's Who and What.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm
It is the same in every org, so that nobody has to be asked; a single one of its targets may be hidden from the user.
"""

NAME = "Name"
TYPES = {
    "Alias": "string",
    "Email": "email",
    "FirstName": "string",
    "Id": "id",
    "IsActive": "boolean",
    "LastName": "string",
    "LastReferencedDate": "datetime",
    "LastViewedDate": "datetime",
    "MiddleName": "string",
    "Name": "string",
    "NameOrAlias": "string",
    "Phone": "phone",
    "ProfileId": "reference",
    "RecordTypeId": "reference",
    "Suffix": "string",
    "Title": "string",
    "Type": "picklist",
    "UserRoleId": "reference",
    "Username": "string",
}
PARENTS = {"ProfileId": "Profile", "RecordTypeId": "RecordType", "UserRoleId": "UserRole"}

"""Fields whose values are not drawn from their type."""

from collections.abc import Mapping
from typing import Final

FIXED: Final[Mapping[str, dict[str, str]]] = {
    "User": {
        "Username": "CASE i WHEN 0 THEN 'integration@northwind-energy.example' ELSE 'user' || i || '@northwind-energy.example' END",
        "IsActive": "(i % 10 <> 9)",
        "IsDeleted": "FALSE",
    },
    "Group": {
        "IsDeleted": "FALSE",
        "Name": "'Queue ' || i",
        "DeveloperName": "'Queue_' || i",
    },
    "FeedItem": {"ConnectionId": "NULL"},
    "Knowledge__kav": {"UrlName": "'article-' || i"},
    "Knowledge__DataCategorySelection": {"DataCategoryGroupName": "'Geography'"},
    "Meter_Event__b": {"Meter_Id__c": "'NW-' || lpad((i % 25)::VARCHAR, 3, '0')"},
    "Product2": {"IsDeleted": "FALSE", "ProductCode": "'NW-' || lpad(i::VARCHAR, 5, '0')"},
    "CaseStatus": {
        "MasterLabel": "list_extract(['New', 'Working', 'Escalated', 'Closed'], i::INTEGER + 1)",
        "ApiName": "list_extract(['New', 'Working', 'Escalated', 'Closed'], i::INTEGER + 1)",
        "SortOrder": "i::INTEGER + 1",
        "IsClosed": "i = 3",
        "IsDeleted": "FALSE",
    },
    "Organization": {
        "Name": "'Northwind Energy'",
        "IsSandbox": "FALSE",
        "OrganizationType": "'Enterprise Edition'",
        "InstanceName": "'EU42'",
        "FiscalYearStartMonth": "1",
        "IsDeleted": "FALSE",
    },
}

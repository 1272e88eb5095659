"""Custom objects of Northwind Energy: readings of meters, contracts of sites."""

from sandbox.salesforce.schema.kinds import (
    boolean,
    currency,
    date,
    datetime,
    email,
    formula,
    geolocation,
    long_text,
    multipicklist,
    number,
    object_type,
    percent,
    picklist,
    reference,
    text,
    time,
)
from sandbox.salesforce.schema.model import Field, ObjectType

ZONES = ("Base", "Peak", "Off-Peak", "Night", "Weekend")

METER_READING = object_type(
    "Meter_Reading__c",
    "a01",
    "Meter Reading",
    "Meter Readings",
    Field("Name", "string", length=80, nillable=False, name_field=True, auto_number=True),
    text("Meter_Id__c", 40, required=True),
    number("Reading__c", 18, 6),
    picklist("Unit__c", "kWh", "MWh", "m3", "GJ", required=True, labels={"m3": "m³"}),
    datetime("Read_At__c", required=True),
    multipicklist("Tariff_Zone__c", *ZONES, labels={"Off-Peak": "Off-peak, weekdays", "Night": "Nacht"}),
    reference("Account__c", "Account", children="Meter_Readings__r"),
    long_text("Notes__c"),
    geolocation("Location__c"),
    boolean("Estimated__c"),
    time("Read_Time__c"),
)

SITE_CONTRACT = object_type(
    "Site_Contract__c",
    "a02",
    "Site Contract",
    "Site Contracts",
    text("Name", 80, required=True, name_field=True),
    reference("Account__c", "Account", children="Site_Contracts__r"),
    date("Start_Date__c", required=True),
    date("End_Date__c"),
    number("Annual_Volume__c", 18, 3),
    currency("Price__c", 4),
    picklist("Status__c", "Draft", "Active", "Suspended", "Ended", required=True),
    long_text("Terms__c"),
    email("Email__c"),
    percent(
        "Margin__c", 4, formula="TRY_CAST(({Price__c} - 0.03) / nullif({Price__c}, 0) * 100 AS DECIMAL(18,4))"
    ),
    formula("Account_Industry__c", "string", "{Account__r.Industry}"),
)

# Big Objects Implementation Guide: rows are found by the fields of the index, from its first one on.
METER_EVENT = ObjectType(
    "Meter_Event__b",
    "x01",
    "Meter Event",
    "Meter Events",
    (
        Field("Id", "id", length=18, nillable=False),
        text("Meter_Id__c", 40, required=True),
        datetime("Occurred_At__c", required=True),
        text("Kind__c", 40),
        number("Value__c", 18, 3),
        datetime("CreatedDate", required=True),
        reference("CreatedById", "User", required=True),
    ),
    replicateable=False,
    index=("Meter_Id__c", "Occurred_At__c"),
    aggregates=False,
)

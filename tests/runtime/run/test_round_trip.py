"""Every awkward value, through either API into every format and back."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lake_ingest.sources.salesforce import bulk

from sandbox.salesforce import Org, running_org
from tests.runtime.landing import Landing
from tests.runtime.published import published_rows

AWKWARD = [
    "NA", "null", "None", "NaN", "nan", "true", "-0", "0.0", "1E5", "007", "=1+1", "'", '"', '""', ",", ";", "\\", "\\N", "\t",
    " leading", "trailing ", " ", "a\nb", "a\r\nb", "a\rb", "\n", 'a","b', '"\n"', "é", "e\u0301", "\u2028", "\ufeffbom", "\u202eabc",
    "😀", "👩\u200d👩\u200d👧", "𝔸", "漢字", "#N/A", "<Null>", "\x1f", "\x7f", "\u0085",
]  # fmt: skip
LETTERS = st.characters(
    exclude_categories=["Cs"], exclude_characters="\0"
)  # a NUL byte is a fault's to bring


def texts(length):
    return st.none() | st.sampled_from(AWKWARD) | st.text(LETTERS, min_size=1, max_size=length)


def numbers(digits, scale):
    most = 10 ** (digits - scale)
    awkward = [
        "0.0",
        "-0.0",
        "1.5E7",
        "15000000",
        "-1",
        "0.1",
        f"{most - 1}.{'9' * scale}",
        f"-{most - 1}.{'9' * scale}",
    ]
    drawn = st.decimals(-most + 1, most - 1, places=scale, allow_nan=False, allow_infinity=False)
    return st.none() | st.sampled_from([Decimal(text) for text in awkward]) | drawn


SECONDS = st.integers(0, int((datetime(4000, 12, 31, 23, 59, 59) - datetime(1700, 1, 1)).total_seconds()))
DATETIMES = st.sampled_from(
    [datetime(1700, 1, 1), datetime(1969, 12, 31, 23, 59, 59), datetime(4000, 12, 31, 23, 59, 59)]
) | (SECONDS.map(lambda seconds: datetime(1700, 1, 1) + timedelta(seconds=seconds)))
DATES = st.sampled_from(
    [date(1700, 1, 1), date(1582 + 118, 2, 28), date(2024, 2, 29), date(4000, 12, 31)]
) | st.dates(date(1700, 1, 1), date(4000, 12, 31))
TIMES = st.sampled_from([time(0), time(23, 59, 59, 999000)]) | st.times().map(
    lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000)
)
ZONES = st.lists(st.sampled_from(["Base", "Night", "Off-Peak", "Peak", "Weekend"]), unique=True, min_size=1)

OBJECTS = {
    "Meter_Reading__c": {
        "Meter_Id__c": texts(40).map(lambda text: text or "-"),  # required
        "Notes__c": texts(60),
        "Reading__c": numbers(18, 6),
        "Unit__c": st.just("kWh"),
        "Read_At__c": DATETIMES,
        "Tariff_Zone__c": st.none() | ZONES.map(";".join),
        "Estimated__c": st.booleans(),
        "Read_Time__c": st.none() | TIMES,
    },
    "Site_Contract__c": {
        "Name": texts(40).map(lambda text: text or "-"),
        "Start_Date__c": DATES,
        "End_Date__c": st.none() | DATES,
        "Annual_Volume__c": numbers(18, 3),
        "Price__c": numbers(18, 4),
        "Status__c": st.just("Draft"),
        "Terms__c": texts(60),
    },
}  # fmt: skip
PLAIN = {
    "Meter_Reading__c": {
        "Unit__c": "kWh",
        "Read_At__c": datetime(1969, 12, 31, 23, 59, 59),
        "Estimated__c": True,
    },
    "Site_Contract__c": {"Start_Date__c": date(4000, 12, 31), "Status__c": "Draft"},
}
TEXTS = {"Meter_Reading__c": ("Meter_Id__c", "Notes__c"), "Site_Contract__c": ("Name", "Terms__c")}


@pytest.fixture(scope="module")
def empty_org() -> Iterator[Org]:
    with running_org(rows=10) as org:
        for name in OBJECTS:
            org.hard_delete(name, [row["Id"] for row in org.rows(name, ["Id"], deleted=True)])
        yield org


def written(value):
    """As the org is given it: the canonical text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else value.isoformat()


def wanted(value):
    """As `published_rows` gives it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.isoformat()}.000Z"
    if isinstance(value, time):
        return f"{value.isoformat('milliseconds')}Z"
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", OBJECTS)
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_value_survives_every_api_and_format(empty_org, bucket, name, data):
    rows = data.draw(st.lists(st.fixed_dictionaries(OBJECTS[name]), max_size=12))
    rows += [{**PLAIN[name], **dict.fromkeys(TEXTS[name], text)} for text in AWKWARD]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", empty_org.ca)
        patch.setattr(bulk, "_QUICK_POLLS", (0.0, 0.02, 0.05, 0.1, 0.2))
        landing = Landing(empty_org, bucket)
        ids = empty_org.insert(name, [{key: written(value) for key, value in row.items()} for row in rows])
        try:
            expected = sorted(
                (
                    {"Id": one, **{key: wanted(row.get(key)) for key in OBJECTS[name]}}
                    for one, row in zip(ids, rows, strict=True)
                ),
                key=lambda row: row["Id"],
            )
            spec = {"object": name, "fields": [{"name": key} for key in ("Id", *OBJECTS[name])]}
            for fmt in ("csv", "json", "ndjson", "parquet"):
                digests = set()
                for api in ("rest", "bulk"):
                    manifest = landing.land(**spec, api=api, format=fmt)
                    assert published_rows(bucket, manifest) == expected, (api, fmt)
                    digests.add(manifest["batches"][0]["sha256"])
                assert len(digests) == 1, fmt
        finally:
            empty_org.hard_delete(name, ids)

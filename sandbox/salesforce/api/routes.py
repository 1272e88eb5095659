"""Paths and methods to handlers: the contents page of the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sandbox.salesforce.api import (
    admin,
    bulk_one,
    bulk_query,
    composite,
    identity,
    login_oauth,
    login_soap,
    page,
    query,
    records,
    replication,
    resources,
    unserved,
)
from sandbox.salesforce.api.call import Call, Reply

Handler = Callable[[Call], Reply]


class Door(Enum):
    """Who gets in, and in which shape errors leave."""

    OPEN = "open"
    REST = "rest"
    BULK_ONE = "bulk one"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    door: Door
    handlers: Mapping[str, Handler]


DATA: Final = "/services/data/v{version}"
ASYNC: Final = "/services/async/{version}"
EVERY_METHOD: Final = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), unserved.resource)
WRITES: Final = {"PATCH": unserved.write, "DELETE": unserved.write}


def _rest(path: str, **handlers: Handler) -> Entry:
    return Entry(DATA + path, Door.REST, handlers)


def _bulk_one(path: str, **handlers: Handler) -> Entry:
    return Entry(ASYNC + path, Door.BULK_ONE, handlers)


# Starlette takes the first that matches; paths end without a slash, and one at the end of a request is dropped.
ROUTES: Final = (
    Entry("/", Door.OPEN, {"GET": page.page}),
    Entry("/__sandbox__/{verb}", Door.ADMIN, {"GET": admin.look, "POST": admin.act}),
    Entry("/services/oauth2/token", Door.OPEN, {"POST": login_oauth.token}),
    Entry("/services/oauth2/revoke", Door.OPEN, {"GET": login_oauth.revoke, "POST": login_oauth.revoke}),
    Entry("/services/oauth2/userinfo", Door.REST, {"GET": identity.userinfo}),
    Entry("/id/{organization}/{user}", Door.REST, {"GET": identity.identity}),
    Entry("/services/Soap/u/{version}", Door.OPEN, {"POST": login_soap.soap}),
    Entry("/services/Soap/u/{version}/{organization}", Door.OPEN, {"POST": login_soap.soap}),
    Entry("/services/Soap/{rest:path}", Door.OPEN, {"POST": unserved.resource}),
    Entry("/services/apexrest/{rest:path}", Door.REST, EVERY_METHOD),
    Entry("/services/data", Door.OPEN, {"GET": resources.versions}),
    _rest("", GET=resources.root),
    _rest("/limits", GET=resources.limits),
    _rest("/query", GET=query.query),
    _rest("/queryAll", GET=query.query_all),
    _rest("/query/{locator}", GET=query.more),
    _rest("/queryAll/{locator}", GET=query.more),
    _rest("/composite/batch", POST=composite.batch),
    _rest("/composite/sobjects/{name}", GET=records.records, POST=records.records, **WRITES),
    _rest("/sobjects", GET=resources.sobjects),
    _rest("/sobjects/{name}", GET=resources.sobject, POST=unserved.write),
    _rest("/sobjects/{name}/describe", GET=resources.describe),
    _rest("/sobjects/{name}/updated", GET=replication.updated),
    _rest("/sobjects/{name}/deleted", GET=replication.deleted),
    *(
        _rest(f"/sobjects/{{name}}/{part}", GET=unserved.resource)
        for part in (
            "describe/{rest:path}",
            "listviews",
            "listviews/{rest:path}",
            "quickActions",
            "relevantItems",
        )
    ),
    _rest("/sobjects/{name}/{id}", GET=records.record, **WRITES),
    _rest("/sobjects/{name}/{id}/{field}", GET=records.blob, **WRITES),
    _rest("/jobs/query", GET=bulk_query.listing, POST=bulk_query.create),
    _rest("/jobs/query/{id}", GET=bulk_query.status, PATCH=bulk_query.change, DELETE=bulk_query.delete),
    _rest("/jobs/query/{id}/results", GET=bulk_query.results),
    _rest("/jobs/query/{id}/resultPages", GET=bulk_query.result_pages),
    _rest("/jobs/query/{id}/resultpages", GET=bulk_query.result_pages),
    _rest("/jobs/ingest", GET=bulk_query.ingest, POST=bulk_query.ingest),
    _rest("/jobs/ingest/{rest:path}", GET=bulk_query.ingest, PUT=bulk_query.ingest, **WRITES),
    _rest("/{rest:path}", GET=unserved.unknown, POST=unserved.unknown, PUT=unserved.unknown, **WRITES),
    _bulk_one("/job", POST=bulk_one.create_job),
    _bulk_one("/job/{job}", GET=bulk_one.job_status, POST=bulk_one.change_job),
    _bulk_one("/job/{job}/batch", GET=bulk_one.batches, POST=bulk_one.add_batch),
    _bulk_one("/job/{job}/batch/{batch}", GET=bulk_one.batch_status),
    _bulk_one("/job/{job}/batch/{batch}/request", GET=bulk_one.batch_request),
    _bulk_one("/job/{job}/batch/{batch}/result", GET=bulk_one.result_list),
    _bulk_one("/job/{job}/batch/{batch}/result/{result}", GET=bulk_one.result),
)

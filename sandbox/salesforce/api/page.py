"""The page at `/`: objects, recent requests, active faults."""

from collections.abc import Sequence
from html import escape
from urllib.parse import unquote_plus

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.state import MY_DOMAIN

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24}
h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:1.8rem 0 .4rem}p{margin:.3rem 0;color:#57606a}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #d8dee4}
th{font-weight:600}td.n,th.n{text-align:right}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.bad{color:#b42318}
"""
RECENT = 40


def page(call: Call) -> Reply:
    """GET /"""
    state = call.state
    now = state.clock.now().strftime("%Y-%m-%d %H:%M:%S UTC")
    used, most = (
        state.usage.used("DailyApiRequests", state.clock.now()),
        state.usage.maximum("DailyApiRequests"),
    )
    body = (
        f"<h1>Northwind Energy</h1><p>sandbox org at <code>{MY_DOMAIN}.salesforce.com</code> · {now} · "
        f"{used} of {most} API calls in 24 hours</p>"
        f"{_objects(call)}{_faults(call)}{_requests(call)}"
    )
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Northwind Energy · sandbox org</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>{body}</body></html>'
    )
    return Reply(body=html.encode(), media_type="text/html;charset=UTF-8")


def _objects(call: Call) -> str:
    rows = [
        (
            f"<code>{one.name}</code>",
            escape(one.plural),
            f"{len(one.fields)}",
            f"{call.state.store.count(one.name):,}",
        )
        for one in call.state.schema.objects.values()
    ]
    return "<h2>Objects</h2>" + _table(("name", "", "#fields", "#rows, deleted ones among them"), rows)


def _faults(call: Call) -> str:
    rows = [
        (
            f"<code>{escape(one['kind'])}</code>",
            f"<code>{escape(one['path'])}</code>",
            str(one["times"] or "always"),
        )
        for one in call.state.faults.active()
    ]
    return "<h2>Active faults</h2>" + (
        _table(("kind", "path", "times left"), rows) if rows else "<p>none</p>"
    )


def _requests(call: Call) -> str:
    rows = []
    for one in reversed(call.state.log.since()[-RECENT:]):
        mark = ' class="bad"' if one["status"] >= 400 else ""
        query = f" {unquote_plus(one['query'])}" if one["query"] else ""
        target = escape((one["path"] + query)[:240])
        status = f"<span{mark}>{one['status']}</span>"
        rows.append(
            (
                one["at"][11:19],
                one["method"],
                f"<code>{target}</code>",
                status,
                f"{one['bytes']:,}",
                f"{one['milliseconds']:.0f}",
            )
        )
    heads = ("at", "", "request", "status", "#bytes", "#ms")
    return "<h2>Recent requests</h2>" + (_table(heads, rows) if rows else "<p>none yet</p>")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    numeric = [head.startswith("#") for head in heads]
    kinds = [' class="n"' if number else "" for number in numeric]
    top = "".join(f"<th{kind}>{head.removeprefix('#')}</th>" for kind, head in zip(kinds, heads, strict=True))
    lines = [
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    ]
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"

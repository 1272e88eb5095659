"""Texts that break careless readers, mixed into every text field at fixed rates."""

from typing import Final

from sandbox.salesforce.data.sql import literal

# `{}` stands for the ordinary text of the row.
TEMPLATES: Final = (
    "{}\nsecond line",
    "{}\r\nthird line\r\n",
    'say "{}"',
    '""{}""',
    "{}, Inc., and more",
    "  {}",
    "{}  ",
    "\t{}\tb",
    "{} 😀👩‍👩‍👧‍👦",
    "𝒩𝑜𝓇𝓉𝒽 {}",
    "مرحبا {} שלום",
    "Ame\u0301lie Zu\u0308rich {}",
    "C:\\temp\\new\\{}",
    "{} \\n not a newline \\",
    "{}\u00a0\u2028\u200b",
    "'{}'; --",
    "<b>{}</b> &amp;",
    "null",
    "NULL",
    "NA",
    "None",
    "nan",
    "N/A",
    "true",
    "1e5",
    "007",
    "=1+1",
    "-",
    ",",
    '"',
)
LONG: Final = "The quick brown fox jumps over the lazy dog, and over the fence. "
RATE: Final = 20  # of 100 texts
LONG_RATE: Final = 1


def text_sql(ordinary: str, draw: str, length: int) -> str:
    """An SQL expression: the ordinary text, or an awkward one.

    Args:
        ordinary: expression of the ordinary text.
        draw: expression of a random UBIGINT; two independent numbers are taken from it.
        length: characters that the field holds.
    """
    texts = ", ".join(literal(template) for template in TEMPLATES)
    choice = f"(({draw} >> 20) % {len(TEMPLATES)} + 1)::INTEGER"
    lengthy = literal(LONG * (min(length, 4000) // len(LONG) + 1))
    return (
        f"left(CASE WHEN {draw} % 100 < {RATE} THEN replace(list_extract([{texts}], {choice}), '{{}}', {ordinary}) "
        f"WHEN {draw} % 100 < {RATE + LONG_RATE} THEN {lengthy} ELSE {ordinary} END, {length})"
    )

"""A unit's contact as people reach it: an address of e-mail or of a page is a link, the name of a channel is not."""

import re

_MAIL = re.compile(r"[^\s@<>|\[\]()]+@[^\s@<>|\[\]()]+\.[^\s@<>|\[\]()]+")
_PAGE = re.compile(r"https?://[^\s<>|\[\]()\"]+")


def contact_link(contact: str) -> str | None:
    """Where a click on the contact leads; None where it is no address."""
    if _MAIL.fullmatch(contact):
        return f"mailto:{contact}"
    return contact if _PAGE.fullmatch(contact) else None

"""Templates in a text, each replaced by a word that any reader of SQL takes for a name, and put back afterwards."""

import re

from factory.importing.run_moments import TEMPLATE

_MARK = re.compile(r"template_(\d+)_mark")


class TemplateMarks:
    """A text without its templates: `text` holds a mark in place of each."""

    def __init__(self, text: str) -> None:
        self._templates: list[str] = []
        self.text = TEMPLATE.sub(self._mark, text)

    def _mark(self, template: re.Match[str]) -> str:
        self._templates.append(template[0])
        return f"template_{len(self._templates) - 1}_mark"

    def restored(self, text: str) -> str:
        """A piece of the marked text as it was written."""
        return _MARK.sub(lambda mark: self._templates[int(mark[1])], text)


def has_mark(text: str) -> bool:
    """Whether a template stood in a piece of a marked text."""
    return _MARK.search(text) is not None

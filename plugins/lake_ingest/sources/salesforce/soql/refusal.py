"""Why a text is not SOQL that can be run here, and where in it."""


class SoqlError(ValueError):
    """A text that is refused.

    Attributes:
        start: where the fault begins, as an offset into the text.
        end: where it ends.
        expected: the keywords that could stand there.
    """

    def __init__(self, reason: str, start: int, end: int, expected: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.start, self.end, self.expected = start, end, expected

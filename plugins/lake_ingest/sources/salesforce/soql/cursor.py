"""A place among the tokens of a text, and what can be asked of it."""

from lake_ingest.sources.salesforce.soql.nodes import Word
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.tokens import END, Token, tokens

MAX_DEPTH = 50  # brackets within brackets; Salesforce gives up earlier
# What SOQL does not take as an alias (SOQL reference, alias notation)
RESERVED = frozenset(
    {
        "AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FROM", "GROUP", "HAVING", "IN", "INCLUDES", "LAST", "LIKE", "LIMIT",
        "NOT", "NULL", "NULLS", "OR", "SELECT", "USING", "WHERE", "WITH",
    }
)  # fmt: skip


class Cursor:
    """Reads tokens one after the other."""

    def __init__(self, text: str) -> None:
        self._tokens = tuple(tokens(text))
        self._at = 0
        self._guesses = set[int]()
        self._depth = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._at]

    @property
    def place(self) -> int:
        """To come back to with `go`."""
        return self._at

    @property
    def last_end(self) -> int:
        """Where the token that was taken last ends."""
        return self._tokens[self._at - 1].end

    def go(self, place: int) -> None:
        """Read on from another place."""
        self._at = place

    def ahead(self, steps: int = 1) -> Token:
        """A token further on."""
        return self._tokens[min(self._at + steps, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, which is passed over then."""
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def accept(self, *words: str) -> Token | None:
        """The next token where it is one of these keywords."""
        return self.take() if self.token.is_word(*words) else None

    def accept_sign(self, *signs: str) -> Token | None:
        """The next token where it is one of these signs."""
        return self.take() if self.token.is_sign(*signs) else None

    def accept_both(self, first: str, second: str) -> Token | None:
        """The first of two keywords where both follow: `GROUP BY`, for `Group` alone may be a name."""
        if not (self.token.is_word(first) and self.ahead().is_word(second)):
            return None
        token = self.take()
        self.take()
        return token

    def expect(self, *words: str) -> Token:
        """The next token, which must be one of these keywords.

        Raises:
            SoqlError: it is another.
        """
        return self.accept(*words) or self._refuse(*words)

    def expect_sign(self, *signs: str) -> Token:
        """The next token, which must be one of these signs.

        Raises:
            SoqlError: it is another.
        """
        return self.accept_sign(*signs) or self._refuse(*signs)

    def expect_word(self, what: str) -> Word:
        """The next token, which must be a name.

        Raises:
            SoqlError: it is something else.
        """
        if self.token.kind != "word":
            raise self.unexpected(what)
        return word(self.take())

    def guess(self) -> Word:
        """The next token as an alias. Where the text makes no sense behind it, it was a misspelt keyword."""
        self._guesses.add(self._at)
        return word(self.take())

    def unexpected(self, *expected: str) -> SoqlError:
        """The refusal of the next token.

        Args:
            *expected: what could stand there, keywords in capitals.
        """
        token = self.token
        if self._at - 1 in self._guesses:
            token = self._tokens[self._at - 1]
        keywords = tuple(one for one in expected if one.isupper())
        if token.kind == END:
            return SoqlError("it ends too early", token.start, token.end, keywords)
        if token.kind == "text" and self._at and self._tokens[self._at - 1].kind == "text":
            return SoqlError("a quote inside a text is written `\\'`", token.start, token.end)
        possible = ""
        if token is self.token and expected:
            possible = f"; possible {'is' if len(expected) == 1 else 'are'} {', '.join(expected)}"
        return SoqlError(f"`{token.text}` is not expected here{possible}", token.start, token.end, keywords)

    def deeper(self) -> None:
        """Note that brackets open.

        Raises:
            SoqlError: too many are open.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SoqlError("the brackets are nested too deeply", self.token.start, self.token.end)

    def shallower(self) -> None:
        """Note that brackets close."""
        self._depth -= 1

    def _refuse(self, *expected: str) -> Token:
        raise self.unexpected(*expected)


def word(token: Token) -> Word:
    """A token as a node."""
    return Word(token.text, token.start, token.end)

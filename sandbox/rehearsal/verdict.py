"""How an execution must have ended, and what is said when it did not."""

from sandbox.rehearsal.execution import Execution


class StoryError(AssertionError):
    """A scene did not end as it must; the message says how and shows the end of the log."""


def expect(execution: Execution, *, failed: str | None, asked: bool | None) -> None:
    """The stage that failed (none with None), and whether a person was asked (either with None).

    Raises:
        StoryError: it went otherwise.
    """
    if execution.failed != failed:
        last = list(execution.results)[-1]
        raise StoryError(
            f"failed at {execution.failed}, not at {failed}; the end of {last}:\n{end_of(execution.log(last))}"
        )
    if asked is not None and execution.asked != asked:
        first = next(iter(execution.results))
        raise StoryError(
            f"a person was {'' if execution.asked else 'not '}asked; {first}:\n{end_of(execution.log(first))}"
        )


def end_of(log: str) -> str:
    """The last lines of a log."""
    return "\n".join(log.splitlines()[-40:])

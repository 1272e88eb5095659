"""How a command ends that cannot do what was asked, and is not a bug."""


class Failure(Exception):  # noqa: N818 - it is the end of a command, in one sentence
    """A command cannot do what was asked; the text says why and what to do. `code` is the exit code."""

    code = 1


class UsageFailure(Failure):
    """The command was called with something that does not exist."""

    code = 2

"""The command line's edge: what a run came to, as an exit code.

0 clean · 1 problems in the files · 2 wrong usage · 3 a bug of ours
"""

import gc
import os
import sys

from factory.command_failure import Failure

PROBLEMS, USAGE, BUG = 1, 2, 3
_COLLECTED = (200_000, 10, 1000)


def main() -> int:
    """Run the command line and give its exit code."""
    gc.set_threshold(
        *_COLLECTED
    )  # going through a growing tree of values again and again takes a fifth of a plan
    from factory.cli import app  # noqa: PLC0415 - an unimportable command must end as a bug, not as a traceback

    try:
        app(prog_name="factory")
    except Failure as failure:
        sys.stderr.write(f"factory: {failure}\n")
        return failure.code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the edge: whatever reaches it is a bug of ours
        return _bug(error)
    return 0


def _bug(error: Exception) -> int:
    import traceback  # noqa: PLC0415 - only for bugs

    if os.environ.get("FACTORY_DEBUG"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(
        f"factory: this is a bug of ours, not of your files: {type(error).__name__}: {error}\n"
        f"  at {where.filename}:{where.lineno}\n"
        "  Please report it with the command you ran; `FACTORY_DEBUG=1` prints the whole trace.\n"
    )
    return BUG


if __name__ == "__main__":
    sys.exit(main())

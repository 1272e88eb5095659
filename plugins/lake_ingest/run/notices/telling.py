"""A trouble that a run meets: noted first, so that nobody else tells it, then told."""

from lake_ingest.lake.trouble import Trouble, Troubles
from lake_ingest.run.notices.notice import About, begun
from lake_ingest.run.notices.topic import Channel


def tell(trouble: Trouble, troubles: Troubles, channel: Channel, about: About) -> bool:
    """Tell a trouble unless it is open already; gives whether it was told now.

    What is noted but not told, because the channel failed or the process was killed, the unit's watch tells.

    Raises:
        FatalError, RetriableError: S3 or the channel refuses or fails.
    """
    if not troubles.enter(trouble):
        return False
    channel.send(begun(trouble, about))
    troubles.mark_told(trouble)
    return True

"""What can go wrong, grouped by what to do about it.

FatalError      somebody must change something; a retry would fail the same way
RetriableError  the next attempt may succeed; Airflow's retries and back-off apply
QuotaError      a limit of the source is used up; retrying at once would only use more of it
"""


class IngestionError(Exception):
    """Any failure that this package explains; its text is for the person on call and holds no secret."""


class FatalError(IngestionError):
    """Somebody must change something: the spec, a permission, a password."""


class RetriableError(IngestionError):
    """The next attempt may succeed: an outage, a dropped connection, a job that hung."""


class StartOverError(RetriableError):
    """What was being read is gone at the source, such as a cursor; the batch may be read again from its start."""


class QuotaError(IngestionError):
    """A limit of the source is used up; the text names it."""

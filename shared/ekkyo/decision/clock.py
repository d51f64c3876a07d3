"""The one clock of the product."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Now, in UTC and in whole milliseconds, the precision the database keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)

"""What a season leaves behind: the mailbox, the stream, the logs, and whether any of it holds what it should not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import icalendar
from nats.aio.msg import Msg


@dataclass(frozen=True)
class Caught:
    """One mail as it lies in the mailbox."""

    message: EmailMessage

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def to(self) -> str:
        return str(self.message["Delivered-To"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part
        return str(part.get_content())

    @cached_property
    def calendar(self) -> tuple[str, icalendar.Event] | None:
        """The method and the entry of its calendar part; the part and the attachment say the same."""
        parts = [
            part.get_payload(decode=True)
            for part in self.message.walk()
            if part.get_content_type() in ("text/calendar", "application/ics")
        ]
        if not parts:
            return None
        assert len(parts) == 2
        assert parts[0] == parts[1]
        found = icalendar.Calendar.from_ical(parts[0])
        (entry,) = found.walk("VEVENT")
        return str(found["METHOD"]), entry


def mailbox(folder: Path) -> list[Caught]:
    """Every mail that was caught, in the order it came."""
    return [
        Caught(message_from_bytes(file.read_bytes(), policy=policy.default)) for file in sorted(folder.glob("*.eml"))
    ]


def whole(message: Msg) -> str:
    """All of a message that could tell something: subject, headers as they are meant, body."""
    headers = "\n".join(f"{name}: {unquote(value)}" for name, value in (message.headers or {}).items())
    return f"{message.subject}\n{headers}\n{message.data.decode()}"


def misplaced(stream: Iterable[Msg], personal: dict[str, Sequence[str]]) -> Iterator[str]:
    """Facts that hold somebody's personal data and are not that member's own (`personal`: member id to values)."""
    for message in stream:
        text = whole(message).lower()
        for member_id, values in personal.items():
            own = message.subject.startswith("ekkyo.fact.members.") and message.subject.endswith(f".{member_id}")
            if not own and any(value.lower() in text for value in values):
                yield message.subject


def leaks(folder: Path, words: Iterable[str]) -> Iterator[str]:
    """Logs that hold any of these."""
    for log in sorted(folder.iterdir()):
        text = log.read_text(errors="replace").lower()
        yield from (f"{log.name}: {word}" for word in words if word.lower() in text)

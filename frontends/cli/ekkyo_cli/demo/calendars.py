"""A member who was invited declines from their calendar."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from ekkyo.contracts import events as e

from ekkyo_cli.demo.play import Season
from ekkyo_cli.local import replying
from ekkyo_cli.local.folder import Folder


async def decline(story: Season, event: e.EventState, folder: Folder, port: int) -> None:
    """One who has a seat answers their invitation with no, and has given the seat up by it."""
    who = story.people[-1]
    await story.heard.told("registration_confirmed", event.event_id, who.member_id)
    invitation = await asyncio.to_thread(_invitation, folder.mail, who.email, event)
    await asyncio.to_thread(replying.hand_over, replying.reply(invitation, "DECLINED"), port)
    await story.heard.until(e.RegistrationWithdrawn, event.event_id)
    story.say(f"To come: {event.title}; {who.name} declined from the calendar, and has given the seat up")


def _invitation(mailbox: Path, to: str, event: e.EventState) -> EmailMessage:
    """The newest mail with an invitation of this member to this event. Raises LookupError."""
    for file in sorted(mailbox.glob("*.eml"), reverse=True):
        raw = file.read_bytes()
        if f"Delivered-To: {to}".encode() in raw and b"method=REQUEST" in raw:
            found = message_from_bytes(raw, policy=policy.default)
            if event.title in str(found["Subject"]):
                return found
    raise LookupError("the mailbox has no such invitation")

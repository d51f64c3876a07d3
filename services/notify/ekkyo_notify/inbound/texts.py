"""Short answers of this program to mails (RFC 3834): from nobody, so that nothing answers them, and few a day."""

import logging
from dataclasses import dataclass

from ekkyo.contracts.events import EventState
from ekkyo.decision.clock import utcnow
from ekkyo.store import Collection

from ekkyo_notify import model
from ekkyo_notify.channels import Never
from ekkyo_notify.channels.mail.message import Sender, build, mailable
from ekkyo_notify.channels.mail.smtp import SmtpPool
from ekkyo_notify.model import Contact, Incoming, Outcome, TextsSent
from ekkyo_notify.templates.answering import answering
from ekkyo_notify.templates.links import Links

logger = logging.getLogger("ekkyo.notify")
NOBODY = ""
"""The envelope's sender: what cannot be delivered comes back to nobody."""


@dataclass
class Texts:
    """Sends them, over connections of their own."""

    sender: Sender
    pool: SmtpPool
    links: Links
    sent: Collection[TextsSent]

    async def send(self, mail: Incoming, to: Contact, outcome: Outcome, event: EventState | None) -> None:
        """Answer a mail, unless its sender was answered often enough today. Raises NotNow."""
        key, now = model.texts_key(to.id), utcnow()
        if not await self.sent.create(key, lambda sent: model.count_text(sent, key, mail.id, now)):
            return
        message = answering(to, outcome, event, self.links.page(event.event_id if event else None, to.locale), now)
        try:
            address = mailable(to.email)
            content = build(
                message,
                sender=self.sender,
                to=address,
                delivery_id=mail.id,
                community_id=None,
                date=now,
                answers=mail.answers[1:-1],
            )
            await self.pool.send(NOBODY, address, content)
        except (Never, ValueError) as error:
            reason = error.reason if isinstance(error, Never) else "address_invalid"
            logger.warning(
                "a reply to an incoming mail could not be sent: it is not tried again", extra={"reason": reason}
            )

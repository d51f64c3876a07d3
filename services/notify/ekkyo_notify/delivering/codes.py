"""Sends the mail with a code. It is kept nowhere: a code that did not arrive is asked for again."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from ekkyo.contracts.base import new_id
from ekkyo.contracts.notify import BeginSignIn
from ekkyo.decision.clock import utcnow
from faststream import Context, ContextRepo

from ekkyo_notify.channels import Never, NotNow
from ekkyo_notify.channels.mail.message import Sender, build, mailable
from ekkyo_notify.channels.mail.smtp import SmtpPool, SmtpServer
from ekkyo_notify.model import Contact
from ekkyo_notify.settings import NotifySettings
from ekkyo_notify.templates.sign_in import sign_in

logger = logging.getLogger("ekkyo.notify")
PATIENCE = (0.1, 2.0, 8.0)
"""Seconds before each try to hand it over. The answer has left before the first."""
NOBODY = "山田 花子"
"""Stands in the mail that is written for nobody."""


def codes() -> tuple[str, str]:
    """A code of six digits, and the longer one that the link holds."""
    return f"{secrets.randbelow(1_000_000):06}", secrets.token_urlsafe(24)


@dataclass
class Codes:
    """Hands mails with codes over, on a connection of their own: a fan-out to thousands does not hold them up."""

    sender: Sender
    pool: SmtpPool
    portal: str
    now: Callable[[], datetime] = utcnow
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    def open(cls, context: ContextRepo) -> "Codes":
        settings: NotifySettings = context.get("settings")
        pool = SmtpPool(SmtpServer.parse(settings.smtp_url.get_secret_value()))
        made = cls(Sender(settings.mail_from), pool, settings.portal_url)
        context.set_global("codes", made)
        return made

    def send(self, contact: Contact | None, cmd: BeginSignIn, code: str, link: str) -> None:
        """Send it behind the answer. For an address that is nobody's the same mail is written, and then dropped.

        So the answer, and what is asked at the same moment, take the same time for both.
        """
        task = asyncio.create_task(self._send(contact, cmd, code, link))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """End what is being sent."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=5)
        await self.pool.close()

    async def _send(self, contact: Contact | None, cmd: BeginSignIn, code: str, link: str) -> None:
        name, address = (contact.name, contact.email) if contact else (NOBODY, cmd.email)
        message = sign_in(cmd.locale, name, code, f"{self.portal}/signin/link?c={link}" if self.portal else None)
        for pause in PATIENCE:
            await asyncio.sleep(pause)
            try:
                to = mailable(address)
                mail = build(
                    message,
                    sender=self.sender,
                    to=to,
                    delivery_id=new_id(),
                    community_id="sign-in",
                    date=self.now(),
                )
                if contact:
                    await self.pool.send(self.sender.address, to, mail)
                return
            except NotNow as e:
                logger.warning(
                    "an attempt to send a sign-in code failed: there are three in all", extra={"reason": e.reason}
                )
            except (Never, ValueError) as e:
                reason = e.reason if isinstance(e, Never) else "address_invalid"
                logger.warning("a sign-in code could not be sent: it is not tried again", extra={"reason": reason})
                return


SendCodes = Annotated[Codes, Context("codes")]

"""The mailbox of a local stack, as those see it whom mails are sent to."""

import re
from email import message_from_bytes, policy

from ekkyo.testing import eventually

from tests.journeys.browsing import Person
from tests.journeys.outside import Stack


def mails(stack: Stack, to: str, kind: str = "plain") -> list[str]:
    """The texts of the mails to an address, or their HTML, oldest first."""
    found = []
    for file in sorted((stack.folder.path / "mail").rglob("*.eml"), key=lambda f: f.stat().st_mtime_ns):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body((kind,))
        if to in str(mail["To"]) and body:
            found.append(body.get_content())
    return found


async def sign_in_by_mail(who: Person, stack: Stack, address: str, send: str, field: str | None, enter: str) -> None:
    """With the code; without a field for it, with the link of the mail, in the browser that asked."""
    before = len(mails(stack, address))
    await who.fill(email=address)
    await who.press(send)

    async def code() -> str:
        new = [text for text in mails(stack, address)[before:] if re.search(r"\b\d{6}\b", text)]
        return new[-1] if new else ""

    text = await eventually(code, 20, what="the mail with the code")
    found = re.search(r"\b(\d{6})\b" if field else r"(http\S+/signin/link\S+)", text)
    assert found
    if field:
        await who.page.get_by_label(field).fill(found[1])
    else:
        await who.open(found[1])
    await who.is_accessible()
    await who.press(enter)

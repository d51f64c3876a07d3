"""Facts that call for mails, told in bursts, and what the mail server got of them."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from ekkyo.contracts import events as e
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow
from ekkyo_cli.demo.check import Telling, tellings
from ekkyo_notify.channels.mail import Mail

from tests.notify.making import event
from tests.real.killing import Work

MEMBERS = 20
SINGLE, TO_ALL = 20, 1
"""Facts of one burst that tell one member something, and such that tell all of them."""


@dataclass
class Mailing(Work):
    """notify hears facts from services that do not run here."""

    cut_in_two: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By delivery, the claims that a kill found without their record: the only ones that may be sent again."""

    kills: int = 0

    async def begin(self) -> None:
        await self.installation.joined(*(f"m{n}" for n in range(MEMBERS)))

    async def burst(self) -> None:
        """An event of its own for each fact, so that none makes another one useless."""
        starts = utcnow() + timedelta(days=2)
        for n in range(SINGLE + TO_ALL):
            id = new_id()
            told = event(event_id=id, starts_at=starts, ends_at=starts + timedelta(hours=1))
            fact: e.EventFact
            if n % (SINGLE // TO_ALL) == 0:
                fact = e.EventReminderDue(event_id=id, event=told, confirmed=[f"m{k}" for k in range(MEMBERS)])
            else:
                who = f"m{self.chance.randrange(MEMBERS)}"
                fact = e.RegistrationConfirmed(event_id=id, event=told, member_id=who, registration_id=new_id())
            await self.installation.tell(fact)

    async def work(self) -> None:
        """A burst, and the next whenever half as many mails have come, or after a kill: what it held comes late."""
        mails, enough = self.installation.mail.contents, (SINGLE + TO_ALL * MEMBERS) // 2
        while not self.over.is_set():
            before = len(mails)
            await self.burst()
            came, kills = before, self.kills
            while came < before + enough and kills == self.kills and not self.over.is_set():
                await asyncio.sleep(0.005)
                if len(mails) > came:
                    came = len(mails)
                    self.new.set()

    async def note_what_was_cut(self) -> None:
        self.kills += 1
        known = sum(map(len, self.cut_in_two.values()))
        for row in (await self.installation.rows("notify"))["deliveries"]:
            if row["status"] == "planned" and row.get("claimed_by"):
                self.cut_in_two[row["_id"]].add(row["claimed_by"])
        now = sum(map(len, self.cut_in_two.values())) - known
        assert now <= Mail.at_once, f"one kill cut {now} in two"

    async def all_sent_once(self) -> int:
        """Every mail that the facts call for was sent, nothing else, and none twice but what was cut in two."""
        wanted = tellings(await self.installation.facts())
        rows = (await self.installation.rows("notify"))["deliveries"]
        by_id: dict[str, Telling] = {row["_id"]: (row["fact_id"], row["member_id"]) for row in rows}
        assert {row["status"] for row in rows} == {"sent"}
        assert sorted(by_id.values()) == sorted(wanted)
        copies: Counter[str] = Counter()
        message_ids: dict[str, set[str]] = {}
        for mail in self.installation.mail.headers:
            delivery = str(mail["X-Ekkyo-Delivery"])
            copies[delivery] += 1
            message_ids.setdefault(delivery, set()).add(str(mail["Message-ID"]))
        assert set(copies) == set(by_id), "a mail for each, and for nothing else"
        assert all(len(ids) == 1 for ids in message_ids.values()), "a second copy has the same Message-ID"
        assert len(set().union(*message_ids.values())) == len(by_id)
        for delivery, n in copies.items():
            cuts = len(self.cut_in_two[delivery])
            assert n <= 1 + cuts, f"{n} copies of {delivery}, {cuts} cuts"
        return sum(n - 1 for n in copies.values())

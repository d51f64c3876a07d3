"""Everybody wants the same few seats at once, and half of those who have one change their mind."""

import asyncio
import random
from datetime import timedelta

from ekkyo.contracts import events as e
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow

from tests.real.installation import Installation, insist
from tests.real.killing import chances, told_once_and_in_order
from tests.real.registrations import Rebuilt, the_same

MEMBERS, SEATS = 500, 30


async def test_500_members_race_for_30_seats_and_no_seat_is_free_while_someone_waits(
    installation: Installation,
) -> None:
    """Through two instances of the service, which write the same event; checked at every fact, and at the end."""
    await installation.provision("events")
    processes = [await installation.process("events", instance=n) for n in ("", "-2")]
    for process in processes:
        process.start()
    await asyncio.gather(*(process.ready() for process in processes))
    client, chance = await installation.client("desk", "system"), chances()
    starts = utcnow() + timedelta(days=3)
    details = e.EventDetails(title="Popular", format="online", url_follows=True, capacity=SEATS)
    times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    await insist(client, e.DraftEvent(event_id="e1", community_id="c1", details=details, **times))
    await insist(client, e.PublishEvent(event_id="e1"))

    async def race(member_id: str, luck: random.Random) -> str:
        """One member: registers; who has a seat mostly gives it back, and perhaps comes again."""
        about = {"event_id": "e1", "member_id": member_id}
        while True:
            wish = about | {"registration_id": new_id()}
            status = str((await insist(client, e.RegisterForEvent(**wish))).status)
            if luck.random() > (0.8 if status == "confirmed" else 0.2):
                return status
            status = str((await insist(client, e.WithdrawFromEvent(**wish))).status)
            assert status == "withdrawn"
            if luck.random() < 0.5:
                return status

    async def give_back(place: e.Registration) -> str:
        wish = {"event_id": "e1", "member_id": place.member_id, "registration_id": place.registration_id}
        return str((await insist(client, e.WithdrawFromEvent(**wish))).status)

    racing = [race(f"m{n}", random.Random(chance.random())) for n in range(MEMBERS)]
    first, others = racing[: MEMBERS // 2], racing[MEMBERS // 2 :]
    ends = await asyncio.gather(*first)
    seated = await insist(client, e.GetRoster(event_id="e1", status=["confirmed"]))
    gave_back, *more = await asyncio.gather(asyncio.gather(*map(give_back, seated.registrations)), *others)
    ends += more
    for place, status in zip(seated.registrations, gave_back, strict=True):
        ends[int(place.member_id[1:])] = status
    await installation.settled("events")
    facts = await installation.facts("events")
    told_once_and_in_order(facts, first=2)
    rebuilt = Rebuilt(facts)  # which holds the counts of each fact against capacity and waitlist
    await the_same(installation, rebuilt, ["e1"])
    event = rebuilt.events["e1"]
    left = sum(status == "withdrawn" for status in ends)
    assert (event.confirmed, event.waitlisted) == (SEATS, MEMBERS - left - SEATS)
    assert sum(isinstance(f, e.RegistrationPromoted) for f in facts) > SEATS / 2
    for n, status in enumerate(ends):
        place = rebuilt.places["e1"][f"m{n}"].status
        assert place == status or (status, place) == ("waitlisted", "confirmed"), f"m{n} was told {status}, is {place}"

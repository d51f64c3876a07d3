"""Signing in by mail: a code and a link for the one whose mailbox it is, and nothing for anybody else."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import MemberDeactivated, MemberState
from ekkyo.contracts.notify import BeginSignIn, FinishSignIn
from ekkyo.decision import Decision
from ekkyo.testing import eventually
from ekkyo_notify import model
from ekkyo_notify.channels.mail.message import Sender
from ekkyo_notify.commands import begin_sign_in
from ekkyo_notify.delivering import codes
from ekkyo_notify.model import Contact
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.world import World, address

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
PORTAL = ("portal", "portal")


def attempt() -> str:
    return new_id()


async def asked_for(world: World, email: str, attempt_id: str, locale: str = "ja"):
    return await world.send(BeginSignIn(attempt_id=attempt_id, email=email, locale=locale), *PORTAL)


async def mailed(world: World, member: str = "m1", number: int = 1) -> tuple[str, str]:
    """The code and the link's secret of the newest mail."""

    async def arrived() -> bool:
        return len(world.mail.to(address(member))) >= number

    await eventually(arrived)
    text = world.mail.to(address(member))[-1].get_body(("plain",)).get_content()
    found = re.search(r"\b(\d{6})\b", text), re.search(r"/signin/link\?c=(\S+)", text)
    assert found[0]
    return found[0][1], found[1][1] if found[1] else ""


async def finished(world: World, attempt_id: str, code: str, finish_id: str | None = None) -> str:
    command = FinishSignIn(attempt_id=attempt_id, finish_id=finish_id or new_id(), code=code)
    return (await world.send(command, *PORTAL)).member_id


@pytest.fixture
async def known(stopped: World) -> World:
    await stopped.start(portal_url="https://ekkyo.example.com")
    await stopped.found()
    await stopped.join("m1")
    await stopped.quiet()
    return stopped


async def test_a_code_and_the_link_sign_in_once_each_in_their_own_attempt(known: World, caplog):
    for use in (0, 1):
        mine = attempt()
        begun = await asked_for(known, address("m1").upper(), mine)
        assert await asked_for(known, address("m1"), mine) == begun
        secrets = await mailed(known, number=use + 1)
        named = new_id()
        assert await finished(known, mine, secrets[use], named) == "m1"
        assert await finished(known, mine, secrets[use], named) == "m1"
        with pytest.raises(Refused, match="code_expired"):
            await finished(known, mine, secrets[use])
        kept = await known.it.context.get("sign_ins").get(mine)
        assert not any(secret in kept.model_dump_json() for secret in secrets)
    mails = known.mail.to(address("m1"))
    assert len(mails) == 2
    assert not re.search(r"\d{6}", mails[0]["Subject"])
    assert secrets[0] not in caplog.text
    assert secrets[1] not in caplog.text


async def test_five_wrong_tries_end_an_attempt_and_a_retry_of_one_counts_once(known: World):
    mine = attempt()
    await asked_for(known, address("m1"), mine)
    code, _ = await mailed(known)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        named = new_id()
        for _ in range(2):
            with pytest.raises(Refused, match="code_wrong"):
                await finished(known, mine, wrong, named)
    with pytest.raises(Refused, match="code_expired"):
        await finished(known, mine, code)


async def test_a_strangers_address_gets_the_same_answer_and_no_mail(known: World):
    mine, theirs = attempt(), attempt()
    one, other = await asked_for(known, address("m1"), mine), await asked_for(known, "nobody@example.com", theirs)
    assert one.model_fields_set == other.model_fields_set
    assert abs(one.expires_at - other.expires_at) < timedelta(seconds=10)
    await mailed(known)
    with pytest.raises(Refused, match="code_wrong"):
        await finished(known, theirs, "000000")
    with pytest.raises(Refused, match="code_expired"):
        await finished(known, attempt(), "000000")
    assert known.mail.recipients == [address("m1")]


class Steps(list[str]):
    """Stands in for the collections and the mail server, and notes what is done, in its order."""

    def __init__(self, contacts: list[Contact]) -> None:
        self.contacts = contacts

    async def find(self, where: Any, limit: int) -> list[Contact]:
        self.append(f"find up to {limit}")
        return [contact for contact in self.contacts if contact.email == where["email"]][:limit]

    async def create(self, _id: str, decide: Callable[[None], Decision[Any, Any]]) -> Any:
        decided = decide(None)
        self.append(f"create {type(decided.document).__name__}")
        return decided.answer

    async def send(self, _sender: str, to: str, _mail: bytes) -> None:
        self.append(f"hand over to {to}")

    def noting(self, what: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **named: Any) -> Any:
            self.append(what.__name__)
            return what(*args, **named)

        return noted


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_the_same_is_done_for_an_address_that_nobody_has_until_the_mail_is_handed_over(monkeypatch, locale: str):
    """Whoever measures how long the answer takes, or the next one, learns nothing."""
    monkeypatch.setattr(codes, "PATIENCE", (0.0,))
    left, m1 = (
        Contact(
            id=id, name="山田", email="m1@example.com", channels=["mail"], locale="ja", timezone="UTC", active=active
        )
        for id, active in (("left", False), ("m1", True))
    )
    seen = {}
    for name, contacts in {"m1": [left, m1], "left": [left], "nobody": []}.items():
        steps = Steps(contacts)
        with monkeypatch.context() as noting:
            noting.setattr(model, "digest", steps.noting(model.digest))
            noting.setattr(codes, "sign_in", steps.noting(codes.sign_in))
            noting.setattr(codes, "build", steps.noting(codes.build))
            sending = codes.Codes(Sender("no-reply@ekkyo.example.com"), steps, "https://ekkyo.example.com")
            asked = BeginSignIn(attempt_id=attempt(), email="m1@example.com", locale=locale)
            await begin_sign_in(asked, steps, steps, steps, sending)
            before = list(steps)
            await asyncio.gather(*sending._sending)
        seen[name] = before, steps[len(before) :]
    before = ["find up to 5", "create Asked", "digest", "digest", "create SignIn"]
    assert seen["m1"] == (before, ["sign_in", "build", "hand over to m1@example.com"])
    assert seen["nobody"] == seen["left"] == (before, ["sign_in", "build"])


async def test_tries_at_the_same_moment_are_five_and_one_of_them_signs_in(known: World):
    """Whichever window, browser or program they come from: the attempt counts them."""
    first, second = attempt(), attempt()
    await asked_for(known, address("m1"), first)
    (old, _), _ = await mailed(known), await asked_for(known, address("m1"), second)
    code, link = await mailed(known, number=2)

    async def at_once(portal: Any, attempt_id: str, tried: list[str]) -> Counter[str]:
        commands = [FinishSignIn(attempt_id=attempt_id, finish_id=new_id(), code=one) for one in tried]
        done = await asyncio.gather(*map(portal.send, commands), return_exceptions=True)
        return Counter(one.code if isinstance(one, Refused) else one.member_id for one in done)

    async with known.clients(*PORTAL) as portal:
        others = [one for one in (code, link, "1" * 6, "2" * 6, "3" * 6, "4" * 6, "5" * 6, "6" * 6) if one != old]
        assert await at_once(portal, first, others) == {"code_wrong": 5, "code_expired": len(others) - 5}
        assert await at_once(portal, first, [old]) == {"code_expired": 1}
        assert await at_once(portal, second, [code, link, code, link]) == {"m1": 1, "code_expired": 3}


async def test_an_address_may_ask_five_times_an_hour_whoever_it_is(known: World):
    for email in (address("m1"), "nobody@example.com"):
        for _ in range(2):  # written in another way it is the same address
            await asked_for(known, email.upper(), attempt())
        for _ in range(3):
            await asked_for(known, f" {email}", attempt())
        command = BeginSignIn(attempt_id=attempt(), email=email, locale="ja")
        async with known.clients(*PORTAL) as portal:
            with pytest.raises(Refused, match="too_many_codes") as no:
                await portal.send(command, within=0.5)
        assert no.value.status == 409


async def test_whoever_left_the_company_gets_no_code(known: World):
    state = MemberState(
        member_id="m1",
        number="m1",
        name="m1",
        email=address("m1"),
        department="x",
        channels=["mail"],
        locale="ja",
        timezone="Asia/Tokyo",
        active=False,
    )
    await known.tell(MemberDeactivated(member_id="m1", member=state))
    await known.quiet()
    await asked_for(known, address("m1"), attempt())
    await known.join("m2")
    await known.quiet()
    await asked_for(known, address("m2"), attempt())
    await mailed(known, "m2")
    assert known.mail.recipients == [address("m2")]


@given(st.lists(st.booleans(), max_size=12), st.booleans())
def test_at_most_five_tries_and_one_that_is_right(right: list[bool], known: bool):
    digests = ["good"]
    now = NOW
    sign_in = model.begin_sign_in(None, "a", "m1" if known else None, digests, now).document
    wrong = done = 0
    for number, one in enumerate(right):
        over = done or wrong == 5
        try:
            decided = model.finish_sign_in(sign_in, f"f{number}", "good" if one else "bad", now)
        except Refused:
            assert over
            continue
        assert not over
        again = model.finish_sign_in(decided.document, f"f{number}", "good" if one else "bad", now)
        assert (again.document, again.answer) == (decided.document, decided.answer)
        sign_in = decided.document
        done += decided.answer is not None
        if decided.answer:
            with pytest.raises(Refused, match="code_expired"):
                model.finish_sign_in(sign_in, f"f{number}", "good", now + model.sign_in.TWICE)
        wrong += decided.answer is None
    assert done <= known
    with pytest.raises(Refused):
        model.finish_sign_in(sign_in, "late", "good", now + model.sign_in.LASTS)


@given(st.lists(st.integers(0, 7200), max_size=30))
def test_no_hour_has_more_than_five_attempts(seconds: list[int]):
    asked, taken = None, []
    for number, second in enumerate(sorted(seconds)):
        now = NOW + timedelta(seconds=second)
        try:
            asked = model.count_attempt(asked, "member/m1", f"a{number}", now).document
        except Refused:
            assert sum(one > now - model.sign_in.AN_HOUR for one in taken) == 5
        else:
            taken.append(now)
            assert sum(one > now - model.sign_in.AN_HOUR for one in taken) <= 5

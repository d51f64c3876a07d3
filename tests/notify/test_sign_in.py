"""Signing in by mail: a code and a link for the one whose mailbox it is, and nothing for anybody else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import MemberDeactivated, MemberState
from ekkyo.contracts.notify import BeginSignIn, FinishSignIn
from ekkyo.testing import eventually
from ekkyo_notify import model
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


async def test_an_address_may_ask_five_times_an_hour_whoever_it_is(known: World):
    for email in (address("m1"), "nobody@example.com"):
        for _ in range(5):
            await asked_for(known, email, attempt())
        command = BeginSignIn(attempt_id=attempt(), email=email, locale="ja")
        async with known.clients(*PORTAL) as portal:
            with pytest.raises(Refused, match="too_many_codes") as no:
                await portal.send(command, within=0.5)
        assert no.value.status == 429


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

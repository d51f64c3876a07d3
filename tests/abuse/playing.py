"""Each command and question done once, by who may, so that there is something known."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from ekkyo.contracts import events, members, notify
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow
from pydantic import SecretStr

from tests.abuse.asks import CHARTER, DETAILS, IN_ORDER, OTHERS, OUTPUT, RULES, TIMES, profile
from tests.abuse.world import SYSTEM, World

UNKNOWN = (
    notify.ResendDelivery,
    events.DeclineOutput,
    members.RequestIntroduction,
    members.AnswerIntroduction,
    members.TakeBackIntroduction,
)


def before() -> Iterator[Any]:
    """Who is erased, and the events that are withdrawn from, cancelled and concluded; the last begins in a moment."""
    yield members.RegisterMember(member_id="m9", profile=profile("000009"))
    yield members.RegisterMember(member_id="m8", profile=profile("000008"))
    yield members.RegisterMember(member_id="m7", profile=profile("000007"))
    yield members.RegisterMember(member_id="m6", profile=profile("000006"))
    yield members.GrantSteward(member_id="m8")
    yield members.FoundCommunity(community_id="c1", name="越境の会", rules=RULES, charter=CHARTER)
    yield members.AddSponsor(sponsor_id="m1", community_id="c1", name="鈴木 次郎", email="suzuki@example.co.jp")
    for n, other in enumerate(OTHERS):
        yield members.RegisterMember(member_id=other, profile=profile(f"00001{n}"))
        yield members.JoinCommunity(member_id=other, community_id="c1")
    for event_id in ("e2", "e3", "e4"):
        start = utcnow() + timedelta(seconds=3) if event_id == "e4" else TIMES["starts_at"]
        yield events.DraftEvent(
            event_id=event_id, community_id="c1", details=DETAILS, starts_at=start, ends_at=TIMES["ends_at"]
        )
        yield events.PublishEvent(event_id=event_id)
    yield events.DraftEvent(event_id="e6", community_id="c1", details=DETAILS, **TIMES)
    yield events.SetTerms(event_id="e6", terms=events.WantedTerms(invited_only=True))
    yield events.PublishEvent(event_id="e6")
    yield events.DraftEvent(event_id="e7", community_id="c1", details=DETAILS, **TIMES)
    yield events.SetTerms(event_id="e7", terms=events.WantedTerms(online_capacity=3, group_size=3))
    yield events.PublishEvent(event_id="e7")
    yield events.RegisterForEvent(event_id="e2", member_id="m1", registration_id="r2")
    yield events.AttachOutput(output_id="o2", community_id="c1", details=OUTPUT)


def play(world: World) -> None:
    """Do each once, so that there is something known."""
    for message in before():
        world.ask(message, *SYSTEM)
    for message in IN_ORDER:
        if isinstance(message, notify.FinishSignIn):
            message = message.model_copy(update={"code": SecretStr(mailed_code(world))})
        # ids of deliveries and introductions are not known beforehand, and of one output only one thing can be decided
        if not isinstance(message, UNKNOWN):
            once_begun(world, message, *asker(type(message)))
    while world.ask(events.GetSeries(series_id="w1"), *SYSTEM).under_way:
        time.sleep(0.1)
    time.sleep(1.5)  # a timer that is due at once fires within a second, also for what was carried out by then


def asker(operation: Any) -> tuple[str, ...]:
    """Who may ask this: a system wherever one may, else a front end, else the member it is about."""
    if operation.may.roles & {"system", "member"}:
        return SYSTEM
    if operation.may.roles == {"leader", "steward"}:
        return ("s1", "steward")
    return ("portal", "portal") if "portal" in operation.may.roles else ("m1",)


def mailed_code(world: World) -> str:
    """The code that m1 was mailed. Told once, the same try is answered again whatever its code."""
    deadline = time.monotonic() + 20
    while not (mails := [m for m in world.mail.to(profile().email) if re.search(r"\b\d{6}\b", text_of(m))]):
        assert time.monotonic() < deadline, "no code was mailed"
        time.sleep(0.1)
    return re.findall(r"\b\d{6}\b", text_of(mails[-1]))[0]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


NOT_YET = ("event_not_started", "not_a_member", "series_under_way")


def once_begun(world: World, message: Any, *who: str) -> Any:
    """The answer; what needs an event to have begun, a fact to have been heard, a change to be done is asked again."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return world.ask(message, *who)
        except Refused as refused:
            if refused.code not in NOT_YET or time.monotonic() > deadline:
                raise
        time.sleep(0.1)

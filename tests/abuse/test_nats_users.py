"""What each NATS user may say and hear: the whole table, tried one by one on a real server."""

import asyncio
from collections.abc import Iterator

import pytest
from ekkyo.installation.permissions import DURABLES, OPS, PORTAL, SERVICES, USERS, permissions
from ekkyo.testing import Nats, settled
from ekkyo.wire.reading import Reading
from nats.aio.client import Client
from nats.errors import Error

SAY, HEAR = "say", "hear"
OWN, SERVICE = "own", "service"
"""The service that is named in the row; whichever service."""

OTHERS = ("TIMERS", "DEAD", "AGAIN")
"""Streams that other systems have no business with."""

# {s}: each service; {d}: each of its durables, in the stream that it reads; >, *: anything. Who is not named may not.
TABLE: list[tuple[str, str, set[str]]] = [
    # commands and questions: asked by others, answered by their service alone
    (SAY, "ekkyo.cmd.>", {OPS, PORTAL}),
    (SAY, "ekkyo.ask.>", {OPS, PORTAL}),
    (SAY, "ekkyo.cmd.{s}.x", {OPS, PORTAL}),
    (SAY, "ekkyo.ask.{s}.x", {OPS, PORTAL}),
    *((SAY, f"ekkyo.cmd.events.{name}", {OPS, PORTAL, "notify"}) for name in ("register", "withdraw")),
    *((SAY, f"ekkyo.{name}", {OPS, PORTAL}) for name in ("cmd.events.check_in", "ask.events.mine")),
    (HEAR, "ekkyo.cmd.{s}.>", {OWN}),
    (HEAR, "ekkyo.ask.{s}.>", {OWN}),
    (HEAR, "ekkyo.cmd.{s}.x", {OWN}),
    (HEAR, "ekkyo.cmd.*.x", set()),
    (HEAR, "ekkyo.cmd.>", set()),
    # replies: to those who run it, to the portal, and to where the server passes them on to another account; read by
    # their owner alone
    (SAY, "_R_.>", {SERVICE}),
    (SAY, "_INBOX.ops.>", {SERVICE}),
    (SAY, "_INBOX.portal.>", {SERVICE}),
    (SAY, "_INBOX.notify.answers.>", {"events"}),  # about what members answer from their calendars
    (SAY, "_INBOX.notify.answers.x.y", {"events"}),
    (SAY, "_INBOX.{s}.x", set()),
    (SAY, "_INBOX.>", set()),
    (HEAR, "_INBOX.{s}.>", {OWN}),
    (HEAR, "_INBOX.{s}.x", {OWN}),
    (HEAR, "_INBOX.ops.>", {OPS}),
    (HEAR, "_INBOX.portal.>", {PORTAL}),
    (HEAR, "_INBOX.>", set()),
    # facts, timers and dead letters: told by their service alone, and heard through durables alone
    (SAY, "ekkyo.fact.{s}.>", {OWN}),
    (SAY, "ekkyo.timer.{s}.>", {OWN}),
    (SAY, "ekkyo.dead.{s}.>", {OWN}),
    (SAY, "ekkyo.due.{s}.>", set()),
    (SAY, "ekkyo.again.>", {OPS}),
    (SAY, "ekkyo.again.{s}.x", {OPS}),
    (SAY, "ekkyo.x", set()),
    (HEAR, "ekkyo.fact.{s}.>", set()),
    (HEAR, "ekkyo.timer.{s}.>", set()),
    (HEAR, "ekkyo.due.{s}.>", set()),
    (HEAR, "ekkyo.dead.{s}.>", set()),
    (HEAR, "ekkyo.again.{s}.>", set()),
    (HEAR, "ekkyo.>", set()),
    (HEAR, ">", set()),
    # a service's durables: read by it alone
    (SAY, "$JS.API.CONSUMER.INFO.{d}", {OWN, OPS}),
    (SAY, "$JS.API.CONSUMER.MSG.NEXT.{d}", {OWN, OPS}),
    (SAY, "$JS.ACK.{d}.>", {OWN, OPS}),
    (SAY, "$JS.API.CONSUMER.CREATE.{d}", {OPS}),
    (SAY, "$JS.API.CONSUMER.CREATE.{d}.>", {OPS}),
    (SAY, "$JS.API.CONSUMER.DURABLE.CREATE.{d}", {OPS}),
    (SAY, "$JS.API.CONSUMER.DELETE.{d}", {OPS}),
    (SAY, "$JS.API.CONSUMER.PAUSE.{d}", {OPS}),
    (SAY, "$JS.API.CONSUMER.LEADER.STEPDOWN.{d}", {OPS}),
    # consumers of one's own: the portal's are short-lived, so it deletes none and acknowledges nothing
    (SAY, "$JS.API.CONSUMER.CREATE.FACTS.>", {OPS, PORTAL}),
    (SAY, "$JS.API.CONSUMER.DURABLE.CREATE.FACTS.*", {OPS}),
    (SAY, "$JS.API.CONSUMER.INFO.FACTS.*", {OPS}),
    (SAY, "$JS.API.CONSUMER.MSG.NEXT.FACTS.*", {OPS, PORTAL}),
    (SAY, "$JS.API.CONSUMER.DELETE.FACTS.*", {OPS}),
    (SAY, "$JS.ACK.FACTS.>", {OPS}),
    (SAY, "$JS.API.CONSUMER.NAMES.FACTS", {OPS}),
    (SAY, "$JS.API.CONSUMER.LIST.FACTS", {"members", OPS}),  # whose mirrors are to forget somebody
    # other systems' mirrors
    *((SAY, f"ekkyo.system.*.STREAM.{act}.FACTS", {"members", OPS}) for act in ("INFO", "MSG.GET", "MSG.DELETE")),
    (SAY, "ekkyo.system.system-x.STREAM.CREATE.FACTS", {OPS}),
    (SAY, "ekkyo.system.system-x.CONSUMER.CREATE.FACTS.x", {OPS}),
    (SAY, "ekkyo.system.>", {OPS}),
    (SAY, "ekkyo.mirror.system-x", set()),
    (HEAR, "ekkyo.mirror.system-x", set()),
    (SAY, "$JS.FC.FACTS.system-x.y", set()),
    (SAY, "$JS.API.CONSUMER.RESET.FACTS.system-x", {OPS}),
    *((SAY, f"$JS.API.CONSUMER.CREATE.{stream}.x", {OPS}) for stream in OTHERS),
    *((SAY, f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.x", {OPS}) for stream in OTHERS),
    *((SAY, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.x", {OPS}) for stream in OTHERS),
    *((SAY, f"$JS.API.CONSUMER.DELETE.{stream}.x", {OPS}) for stream in OTHERS),
    # streams: looked at by those who need it, made, altered and emptied by those who run it
    (SAY, "$JS.API.INFO", {OPS}),
    (SAY, "$JS.API.STREAM.INFO.FACTS", {SERVICE, PORTAL, OPS}),
    (SAY, "$JS.API.STREAM.INFO.TIMERS", {SERVICE, OPS}),
    (SAY, "$JS.API.STREAM.INFO.DEAD", {SERVICE, OPS}),
    (SAY, "$JS.API.STREAM.INFO.AGAIN", {SERVICE, OPS}),
    (SAY, "$JS.API.STREAM.MSG.GET.FACTS", {SERVICE, OPS}),
    (SAY, "$JS.API.STREAM.PURGE.TIMERS", {SERVICE, OPS}),
    *((SAY, f"$JS.API.STREAM.MSG.GET.{stream}", {"members", OPS}) for stream in OTHERS),
    *((SAY, f"$JS.API.STREAM.PURGE.{stream}", {OPS}) for stream in ("FACTS", "DEAD", "AGAIN")),
    # facts about somebody who was erased, wherever they lie
    *((SAY, f"$JS.API.STREAM.MSG.DELETE.{stream}", {"members", OPS}) for stream in ("FACTS", *OTHERS)),
    # the keys of surveys: ops may neither read them nor have them in a backup
    (SAY, "$KV.SURVEY_KEYS.*", {"surveys"}),
    (SAY, "$JS.API.STREAM.MSG.GET.KV_SURVEY_KEYS", {"surveys"}),
    (SAY, "$JS.API.STREAM.MSG.DELETE.KV_SURVEY_KEYS", {"surveys", OPS}),
    (SAY, "$JS.API.STREAM.SNAPSHOT.KV_SURVEY_KEYS", set()),
    (SAY, "$JS.API.DIRECT.GET.KV_SURVEY_KEYS", set()),
    (SAY, "$JS.API.CONSUMER.CREATE.KV_SURVEY_KEYS", set()),
    (SAY, "$JS.API.CONSUMER.CREATE.KV_SURVEY_KEYS.x.$KV.SURVEY_KEYS.s1", set()),
    (SAY, "$JS.API.CONSUMER.DURABLE.CREATE.KV_SURVEY_KEYS.x", set()),
    *((SAY, f"$JS.API.STREAM.{act}.MINE", {OPS}) for act in ("CREATE", "RESTORE")),
    *(
        (SAY, f"$JS.API.{act}.{stream}", {OPS})
        for act in ("STREAM.UPDATE", "STREAM.DELETE", "STREAM.SNAPSHOT", "DIRECT.GET")
        for stream in ("FACTS", "TIMERS", "DEAD", "AGAIN")
    ),
    (SAY, "$JS.API.>", {OPS}),
    (SAY, "$JS.SNAPSHOT.>", {OPS}),
    (SAY, "$JS.ACK.>", {OPS}),
    (HEAR, "$JS.>", set()),
    (HEAR, "$JS.EVENT.>", {OPS}),
    # discovery, and the server itself
    (SAY, "$SRV.>", {OPS}),
    (SAY, "$SRV.PING", {OPS, PORTAL}),
    (SAY, "$SRV.INFO", {OPS}),
    (HEAR, "$SRV.>", {SERVICE}),
    (SAY, "$SYS.REQ.USER.INFO", {SERVICE, PORTAL, OPS}),  # about oneself
    (SAY, "$SYS.REQ.SERVER.PING", set()),
    (HEAR, "$SYS.>", set()),
]

Row = tuple[str, str, frozenset[str]]


def rows() -> Iterator[Row]:
    """The table with every service and durable in its place, and who may by name."""
    for verb, subject, who in TABLE:
        for service in SERVICES if "{" in subject else ("",):
            own = [(stream, name) for stream, names in DURABLES[service].items() for name in names] if service else []
            own += [("AGAIN", name) for _, name in own]
            may = (who - {OWN, SERVICE}) | ({service} if OWN in who else set())
            may |= set(SERVICES) if SERVICE in who else set()
            for stream, name in own if "{d}" in subject else [("", "")]:
                yield verb, subject.replace("{d}", f"{stream}.{name}").replace("{s}", service), frozenset(may)


ROWS = list(rows())


@pytest.mark.parametrize("user", USERS)
def test_nobody_has_a_permission_that_is_not_in_the_table(user: str) -> None:
    may = permissions(user)
    granted = {(SAY, subject) for subject in may.publish} | {(HEAR, subject) for subject in may.subscribe}
    assert granted - {(verb, subject) for verb, subject, who in ROWS if user in who} == set()


async def test_each_may_do_what_the_table_says_and_nothing_else(nats: Nats) -> None:
    wrong = []
    for user in USERS:  # those who may delete streams come last
        refused = await tried(nats, user)
        wrong += [(user, *row) for row in ROWS if (heard_of(row) in refused) == (user in row[2])]
        if user == SERVICES[-1]:
            told = {said(subject) for verb, subject, who in ROWS if verb == SAY and who & set(SERVICES)}
            assert await stored(nats) == {
                subject for subject in told if subject.startswith(("ekkyo.fact", "ekkyo.dead"))
            }
    assert wrong == []


async def test_the_portal_reads_facts_with_a_consumer_of_its_own_and_leaves_no_trace_of_it(nats: Nats) -> None:
    async with await nats.connect("events") as events:
        for n in range(3):
            await events.jetstream().publish(f"ekkyo.fact.events.published.e{n}", b"{}")
    async with await nats.connect(PORTAL) as nc:
        prefix, everything = f"_INBOX.{PORTAL}", ["ekkyo.fact.events.>", "ekkyo.fact.members.>"]
        reading = Reading(nc.jetstream(), prefix, everything, since=2, durable=None, follow=False)
        assert [msg.subject[-2:] async for msg in reading.messages()] == ["e1", "e2"]
        await reading.close()
        mine = Reading(nc.jetstream(), prefix, everything, since=1, durable="portal-own", follow=False)
        with pytest.raises((Error, TimeoutError)):
            async with asyncio.timeout(3):
                [_ async for _ in mine.messages()]
    async with await nats.connect(OPS) as ops:
        consumers = await ops.jetstream().consumers_info("FACTS")
    own = [one.config for one in consumers if (one.name or "").startswith("reader-")]
    assert [(one.durable_name, one.inactive_threshold) for one in own] == [(None, 60)], "it is gone a minute later"


async def tried(nats: Nats, user: str) -> set[str]:
    """All rows as this user; gives what the server refused, in its words."""
    refused: set[str] = set()

    async def note(error: Exception) -> None:
        refused.add(str(error).removeprefix("nats: ").lower())

    nc: Client = await nats.connect(user, error_cb=note)
    for verb, subject, _ in ROWS:
        await (nc.publish(said(subject), b"{}") if verb == SAY else nc.subscribe(subject))
    await settled(nc)
    await nc.close()
    return refused


def heard_of(row: Row) -> str:
    """How the server refuses it."""
    verb, subject, _ = row
    kind, named = ("publish", said(subject)) if verb == SAY else ("subscription", subject)
    return f'permissions violation for {kind} to "{named}"'.lower()


def said(subject: str) -> str:
    """A subject that the wildcard stands for."""
    return subject.replace(">", "x.y").replace("*", "x")


async def stored(nats: Nats) -> set[str]:
    """The subjects that are in the streams."""
    async with await nats.connect(OPS) as nc:
        js = nc.jetstream()
        infos = [await js.stream_info(name, subjects_filter=">") for name in ("FACTS", "DEAD", "AGAIN")]
    return {subject for info in infos for subject in info.state.subjects or ()}

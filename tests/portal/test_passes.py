"""Links in mails: they open one event's page for their reader, change nothing by themselves, and sign nobody in."""

from datetime import UTC, datetime, timedelta

from ekkyo.contracts.events import (
    CheckIn,
    MyRegistration,
    MyRegistrationAnswer,
    Overlap,
    RegisterForEvent,
    Registration,
    UndoCheckIn,
    WithdrawFromEvent,
)
from ekkyo.wire.passes import PassMaker
from ekkyo.wire.tokens import make_keys

from tests.portal.leading import registration
from tests.portal.making import text_of
from tests.portal.test_events_pages import event
from tests.portal.whole import identity, whole

SEEN = MyRegistrationAnswer(event=event(event_id="e1"), registration=None)
SOON = datetime.now(UTC) + timedelta(days=2)


async def test_a_pass_opens_its_page_and_each_press_keeps_it(tmp_path):
    async with whole(tmp_path, identity("hanako", leads=["it"], steward=True)) as portal:
        held = portal.passes.make("event", "e1", "hanako", SOON)
        portal.services.answering.replies[MyRegistration] = MyRegistrationAnswer(
            event=event(event_id="e1"),
            registration=None,
            overlaps=[Overlap(event_id="e9", title="別の会", starts_at=SOON, ends_at=SOON, status="confirmed")],
        )
        portal.services.answering.replies[RegisterForEvent] = Registration(
            event_id="e1", member_id="hanako", registration_id="r1", status="confirmed", position=None,
            waiting_because=None, at=SOON,
        )  # fmt: skip
        portal.services.answering.replies[WithdrawFromEvent] = portal.services.answering.replies[RegisterForEvent]
        for method in ("HEAD", "GET"):
            page = await portal.http.request(method, f"/e/e1?p={held}")
            assert page.status_code == 200
            assert "set-cookie" not in page.headers
        assert not portal.services.answering.sent(RegisterForEvent)
        assert "山田 花子 さんとして" in text_of(page)
        assert "別の会" not in page.text  # the link is for one event: who was sent it by mistake learns of no other
        assert 'href="/signin?next=/e/e1"' in page.text
        assert f'action="/e/e1/register?p={held}"' in page.text
        pressed = await portal.post(f"/e/e1/register?p={held}", {"registration_id": "r1"})
        assert pressed.headers["location"] == f"/e/e1?p={held}&did=events.confirmed"
        assert "set-cookie" not in pressed.headers
        caller, roles, _ = next(c for c in portal.services.callers if isinstance(c[2], RegisterForEvent))
        assert (caller, roles) == ("hanako", frozenset())


async def test_a_check_in_by_pass_is_undone_by_pass(tmp_path):
    """On the same page, as the member alone, and it keeps the pass."""
    now = datetime.now(UTC)
    on = event(event_id="e1", starts_at=now, ends_at=now + timedelta(hours=1), format="online")
    seats = {status: registration("hanako", status) for status in ("confirmed", "attended")}
    async with whole(tmp_path) as portal:
        held = portal.passes.make("event", "e1", "hanako", SOON)
        page, replies = f"/e/e1?p={held}", portal.services.answering.replies
        replies.update({CheckIn: seats["attended"], UndoCheckIn: seats["confirmed"]})
        for has, offered, other, did in (
            ("confirmed", f"/e/e1/here?p={held}", f"/e/e1/here/undo?p={held}", "desk.here"),
            ("attended", f"/e/e1/here/undo?p={held}", f"/e/e1/here?p={held}", "desk.here_undone"),
        ):
            replies[MyRegistration] = MyRegistrationAnswer(event=on, registration=seats[has])
            shown = (await portal.get(page)).text
            assert (f'action="{offered}"' in shown, f'action="{other}"' in shown) == (True, False)
            assert (await portal.post(offered)).headers["location"] == f"{page}&did={did}"
        assert "受付を取り消しました" in text_of(await portal.get(f"{page}&did=desk.here_undone"))
        assert [(c.event_id, c.member_id) for c in portal.services.answering.sent(UndoCheckIn)] == [("e1", "hanako")]
        assert {(who, roles) for who, roles, m in portal.services.callers if isinstance(m, UndoCheckIn)} == {
            ("hanako", frozenset())
        }


async def test_a_pass_opens_nothing_else(tmp_path):
    async with whole(tmp_path) as portal:
        make = portal.passes.make
        held = make("event", "e1", "hanako", SOON)
        messages, over = make("messages", "e1", "hanako", SOON), make("event", "e1", "hanako", SOON - timedelta(days=3))
        forged = PassMaker(make_keys()[0]).make("event", "e1", "hanako", SOON)
        stranger = make("event", "e1", "nobody", SOON)
        for path in (
            *(f"{page}?p={held}" for page in ("/", "/month", "/e/e2", "/me")),
            *(f"/e/e1?p={text}" for text in (messages, over, forged, stranger, "", "x", held[:-2], "x" * 5000)),
        ):
            page = await portal.get(path)
            assert page.status_code in (303, 404), path
            assert held not in page.headers.get("location", ""), "a pass goes no further than its page"
        for path in (f"/e/e2/register?p={held}", f"/e/e1/register?p={over}", f"/signout/everywhere?p={held}"):
            assert (await portal.post(path)).status_code in (401, 403)
        assert not portal.services.answering.sent(RegisterForEvent)


async def test_whoever_is_signed_in_stays_who_they_are(tmp_path):
    async with whole(tmp_path, identity("hanako"), identity("taro", name="佐藤 太郎")) as portal:
        await portal.sign_in()
        portal.services.answering.replies[MyRegistration] = MyRegistrationAnswer(
            event=event(event_id="e1"), registration=None
        )
        page = await portal.get(f"/e/e1?p={portal.passes.make('event', 'e1', 'taro', SOON)}")
        assert "佐藤" not in page.text
        assert {sub for sub, _, m in portal.services.callers if isinstance(m, MyRegistration)} == {"hanako"}
        assert 'action="/e/e1/register"' in page.text


async def test_passes_end_with_the_member_and_where_the_company_signs_in_they_are_off(tmp_path):
    async with whole(tmp_path, identity("hanako", active=False)) as portal:
        page = await portal.get(f"/e/e1?p={portal.passes.make('event', 'e1', 'hanako', SOON)}")
        assert page.headers["location"] == "/signin?next=/e/e1"
    company = {"oidc_issuer": "https://id.example.com", "oidc_client_id": "ekkyo"}
    for more, opens in (({}, False), ({"passes": True}, True)):
        async with whole(tmp_path, **company, **more) as portal:
            portal.services.answering.replies[MyRegistration] = MyRegistrationAnswer(
                event=event(event_id="e1"), registration=None
            )
            page = await portal.get(f"/e/e1?p={portal.passes.make('event', 'e1', 'hanako', SOON)}")
            assert (page.status_code == 200) == opens

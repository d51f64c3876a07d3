"""Signing in by mail, sessions, and what their pages must never do."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar

import httpx
import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import ListEvents, RegisterForEvent
from ekkyo.contracts.members import Identify, SignOutEverywhere
from ekkyo.contracts.notify import BeginSignIn, FinishSignIn
from ekkyo_portal.app import make
from ekkyo_portal.serving import Web
from ekkyo_portal.signin import identities, networks, onward
from ekkyo_portal.signin.networks import MOST, Networks, network
from ekkyo_portal.signin.signed import Signed
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse

from tests.portal.making import settings, text_of
from tests.portal.whole import CODE, Services, built, identity, whole


async def test_by_mail_one_gets_to_where_one_wanted_and_only_in_the_browser_that_asked(tmp_path):
    async with whole(tmp_path) as portal:
        turned = await portal.get("/e/e1?after=3")
        assert turned.headers["location"] == "/signin?next=/e/e1%3Fafter%3D3"
        page = await portal.get(turned.headers["location"])
        assert 'name="next" value="/e/e1?after=3"' in page.text
        asked = await portal.post("/signin/mail", {"email": "hanako@example.com", "next": "/e/e1?after=3"})
        assert "6桁の確認コード" in text_of(asked)
        bound = asked.headers["set-cookie"]
        assert all(part in bound for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/;", "Max-Age=600"))
        (begun,) = portal.services.answering.sent(BeginSignIn)
        assert len(begun.attempt_id) >= 36
        assert not portal.signed_in
        kept = dict(portal.http.cookies)
        portal.http.cookies.clear()
        other = await portal.post("/signin/code", {"code": CODE})
        assert other.status_code == 400
        assert portal.services.answering.sent(FinishSignIn) == []
        portal.http.cookies.update(kept)
        wrong = await portal.post("/signin/code", {"code": "000 000"})
        assert wrong.status_code == 400
        assert "コードが違います" in text_of(wrong)
        pressed = [portal.http.post("/signin/code", data={"code": one}) for one in ("271 828", "271828")]
        done, twice = await asyncio.gather(*pressed)
        assert {one.headers["location"] for one in (done, twice)} == {"/e/e1?after=3"}
        tries = [one.finish_id for one in portal.services.answering.sent(FinishSignIn)]
        assert tries[0] != tries[1] == tries[2], "pressed twice, it is one try for the service"
        cookie = next(one for one in done.headers.get_list("set-cookie") if one.startswith("__Host-ekkyo="))
        assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/;", "Max-Age=36000"))
        assert "Domain" not in cookie


async def test_a_new_leader_opens_the_pages_of_leaders_at_once(tmp_path):
    async with whole(tmp_path) as portal:
        await portal.sign_in()
        assert (await portal.get("/lead")).status_code == 403
        portal.services.members["hanako"] = identity("hanako", leads=["it"])
        assert (await portal.get("/lead")).status_code == 200
        assert (await portal.get("/people")).status_code == 403


async def test_who_somebody_is_now_is_asked_once_for_all_their_pages_of_that_moment(tmp_path, monkeypatch):
    async with whole(tmp_path) as portal:
        await portal.sign_in()
        monkeypatch.setattr(identities, "FRESH", 0.0)
        before = len(portal.services.answering.sent(Identify))
        answering, all_there = portal.services.answering, asyncio.Event()
        at_once = answering.ask

        async def later(*asked):
            await all_there.wait()
            return await at_once(*asked)

        answering.ask = later
        pages = [asyncio.create_task(portal.get("/me")) for _ in range(5)]
        for _ in range(100):
            await asyncio.sleep(0)
        all_there.set()
        assert {page.status_code for page in await asyncio.gather(*pages)} == {200}
        assert len(portal.services.answering.sent(Identify)) == before + 1


async def test_the_page_is_the_same_for_an_address_that_nobody_has(tmp_path):
    async with whole(tmp_path) as portal:
        pages = []
        for email in ("hanako@example.com", "nobody@example.com"):
            page = await portal.post("/signin/mail", {"email": email})
            pages.append((page.status_code, page.text.replace(email, "")))
        assert pages[0] == pages[1]
        assert portal.services.answering.sent(Identify) == []


async def test_a_link_of_a_mail_only_offers_a_button_and_works_in_the_browser_that_asked(tmp_path):
    async with whole(tmp_path) as portal:
        elsewhere = await portal.get("/signin/link?c=x")
        assert "コードを送ったブラウザーでだけ" in text_of(elsewhere)
        await portal.post("/signin/mail", {"email": "hanako@example.com"})
        for method in ("HEAD", "GET"):
            page = await portal.http.request(method, f"/signin/link?c={CODE}")
            assert "set-cookie" not in page.headers
        assert portal.services.answering.sent(FinishSignIn) == []
        assert f'name="code" value="{CODE}"' in page.text
        await portal.post("/signin/code", {"code": CODE})
        assert portal.signed_in


async def test_codes_are_asked_for_rarely_from_one_network(tmp_path):
    async with whole(tmp_path) as portal:
        for number in range(MOST):
            assert (await portal.post("/signin/mail", {"email": f"m{number}@example.com"})).status_code == 200
        page = await portal.post("/signin/mail", {"email": "more@example.com"})
        assert page.status_code == 429
        assert "more@example.com" in page.text
        assert len(portal.services.answering.sent(BeginSignIn)) == MOST


async def test_what_notify_refuses_stands_beside_the_field(tmp_path):
    async with whole(tmp_path) as portal:
        portal.services.answering.replies[BeginSignIn] = Refused("too_many_codes", "Too many.")
        assert (await portal.post("/signin/mail", {"email": "hanako@example.com"})).status_code == 429
        for wrong in ("", "hanako", "a@b\r\nBcc: c@d", "x" * 400 + "@example.com"):
            page = await portal.post("/signin/mail", {"email": wrong})
            assert page.status_code == 400, wrong
            assert 'aria-invalid="true"' in page.text


@pytest.mark.parametrize("secure", [True, False])
async def test_a_session_is_the_members_of_now_and_its_tokens_say_no_more(tmp_path, secure: bool, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(identities.Identities.__init__, "__defaults__", (lambda: clock[0],))
    url = "https://ekkyo.example.com" if secure else "http://127.0.0.1:8000"
    async with whole(tmp_path, identity("hanako", leads=["it"]), url=url) as portal:
        await portal.sign_in()
        assert (await portal.get("/")).status_code == 200
        caller, roles, _ = next(c for c in portal.services.callers if isinstance(c[2], ListEvents))
        assert (caller, roles) == ("hanako", {"leader:it"})
        door = (Identify, BeginSignIn, FinishSignIn)
        asked = {(sub, roles) for sub, roles, message in portal.services.callers if isinstance(message, door)}
        assert asked == {("portal", frozenset({"portal"}))}
        portal.services.members["hanako"] = identity("hanako")
        clock[0] += 59
        await portal.get("/")
        assert portal.services.callers[-1][1] == set()
        for gone in (
            identity("hanako", active=False),
            None,
            identity("hanako", signed_out_before=datetime.now(UTC) + timedelta(seconds=1)),
        ):
            if gone:
                portal.services.members["hanako"] = gone
            else:
                portal.services.members.clear()
            clock[0] += 59
            assert (await portal.get("/")).headers["location"] == "/signin?next=/"


async def test_sessions_go_on_while_the_members_service_is_away_but_not_for_long(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(identities.Identities.__init__, "__defaults__", (lambda: clock[0],))
    async with whole(tmp_path) as portal:
        await portal.sign_in()
        await portal.get("/")
        portal.services.answering.replies[Identify] = Refused("no_answer", "No answer.", 503)
        clock[0] += 300
        assert (await portal.get("/")).status_code == 200
        clock[0] += 600
        page = await portal.get("/")
        assert page.status_code == 503
        assert "利用できません" in text_of(page)


async def test_a_sign_in_that_one_instance_begins_is_finished_at_another_and_holds_at_both(tmp_path):
    url, jar = "https://ekkyo.example.com", CookieJar()
    first, of_first, _ = built(tmp_path, url=url)
    keys = ("portal_key_file", "jwks_file", "pass_jwks_file", "session_key_file")
    of_second = Services(members=of_first.members)
    second = make(settings(portal_url=url, **{name: tmp_path / name for name in keys}))(of_second, CollectorRegistry())

    def browser(at):
        transport = httpx.ASGITransport(at, client=("192.0.2.1", 1))
        return httpx.AsyncClient(transport=transport, base_url=url, cookies=jar, headers={"origin": url})

    async with browser(first) as at_first, browser(second) as at_second:
        await at_first.post("/signin/mail", data={"email": "hanako@example.com", "next": "/?format=online"})
        done = await at_second.post("/signin/code", data={"code": CODE})
        assert (done.status_code, done.headers["location"]) == (303, "/?format=online")
        (begun,), (finished,) = of_first.answering.sent(BeginSignIn), of_second.answering.sent(FinishSignIn)
        assert finished.attempt_id == begun.attempt_id
        for at in (at_first, at_second):
            page = await at.get("/?format=online")
            assert (page.status_code, 'action="/signout"' in page.text) == (200, True)


async def test_signing_in_again_begins_another_session_and_signing_out_ends_it(tmp_path):
    """A cookie that was there before is replaced: nobody signs in to a session that somebody else knows."""
    async with whole(tmp_path) as portal:
        portal.http.cookies.set("__Host-ekkyo", "planted", domain="ekkyo.example.com")
        await portal.sign_in()
        assert "planted" not in portal.http.cookies.values()
        await portal.post("/signout")
        assert not portal.signed_in
        await portal.sign_in()
        await portal.post("/signout/everywhere")
        assert [asked.member_id for asked in portal.services.answering.sent(SignOutEverywhere)] == ["hanako"]


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://ekkyo.example.com"}, True),
        ({"origin": "https://evil.example.com"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://ekkyo.example.com"}, False),
        ({}, True),
    ],
)
async def test_forms_come_from_our_own_pages(tmp_path, headers: dict[str, str], passes: bool):
    async with whole(tmp_path) as portal:
        await portal.sign_in()
        sent = await portal.http.post("/e/e1/register", data={}, headers=headers)
        assert (sent.status_code != 403) == passes
        assert bool(portal.services.answering.sent(RegisterForEvent)) == passes


async def test_every_page_says_what_browsers_may_do_with_it(tmp_path):
    async with whole(tmp_path) as portal:
        await portal.sign_in()
        for path in ("/", "/signin", "/nothing", "/e/e1"):
            headers = (await portal.get(path)).headers
            assert headers["cache-control"] == "no-store"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["strict-transport-security"].startswith("max-age=31536000")
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers
        page = await portal.get("/")
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
        assert not re.findall(r"<script(?![^>]*src=)|\son\w+=|style=", page.text)


async def test_a_form_whose_session_is_over_waits_and_nothing_typed_is_lost(tmp_path):
    async with whole(tmp_path) as portal:
        written = "\n一行目 <b>\n二行目 & “more”"
        form = {"registration_id": "r1", "why": written, "pick": ["a", "b"]}
        page = await portal.post("/e/e1/register", form)
        assert page.status_code == 401
        assert portal.services.answering.said == []
        assert '<form class="card" method="post" action="/e/e1/register">' in page.text
        assert "&lt;b&gt;" in page.text
        fields = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page.text, flags=re.S)
        assert [name for name, _ in fields] == ["registration_id", "why", "pick", "pick"]
        assert fields[1][1].startswith("\n一行目")
        await portal.sign_in()
        await portal.post("/e/e1/register", form)
        (sent,) = portal.services.answering.sent(RegisterForEvent)
        assert (sent.registration_id, sent.member_id) == ("r1", "hanako")


@pytest.mark.parametrize(
    "asked",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1",
     "/\t/evil.example", "\\\\evil", " //evil", "", "e/e1", "/" + "x" * 3000],
)  # fmt: skip
async def test_nobody_is_led_to_another_site(tmp_path, asked: str):
    assert onward.path(asked) == "/"
    async with whole(tmp_path) as portal:
        done = await portal.sign_in(onto=asked)
        assert done.headers["location"] == "/"


@given(st.text(max_size=60))
def test_wherever_one_goes_on_to_is_a_path_of_ours(text: str):
    gone = onward.path(text)
    assert gone == "/" or (gone == text and gone.startswith("/") and not gone.startswith(("//", "/\\")))


async def test_local_addresses_sign_in_on_the_local_stack_alone(tmp_path):
    now = datetime.now(UTC)
    key = Signed(["k" * 40])
    good = key.make("local", {"sub": "hanako", "next": "/me"}, now=now, lasts=timedelta(minutes=10))
    old = key.make("local", {"sub": "hanako"}, now=now - timedelta(hours=1), lasts=timedelta(minutes=10))
    session = key.make("session", {"sub": "hanako"}, now=now, lasts=timedelta(hours=1))
    forged = Signed(["x" * 40]).make("local", {"sub": "hanako"}, now=now, lasts=timedelta(minutes=10))
    async with whole(tmp_path, url="http://127.0.0.1:8000", local_sign_in=True) as portal:
        for text in (old, session, forged, "", "x"):
            assert (await portal.get(f"/signin/local?k={text}")).status_code == 403
        assert "set-cookie" not in (await portal.http.head(f"/signin/local?k={good}")).headers
        assert (await portal.get(f"/signin/local?k={good}")).headers["location"] == "/me"
        assert portal.signed_in
    async with whole(tmp_path) as portal:
        assert (await portal.get(f"/signin/local?k={good}")).status_code == 403


def test_a_purpose_does_not_stand_for_another_and_a_new_key_takes_over():
    now = datetime.now(UTC)
    old, new = Signed(["o" * 32]), Signed(["n" * 32, "o" * 32])
    text = old.make("session", {"sub": "a"}, now=now, lasts=timedelta(hours=1))
    assert new.read_value("session", text, now=now)
    assert new.read_value("sign-in", text, now=now) is None
    assert new.read_value("session", text, now=now + timedelta(hours=1)) is None
    assert old.read_value("session", new.make("session", {}, now=now, lasts=timedelta(hours=1)), now=now) is None
    with pytest.raises(ValueError, match="32"):
        Signed(["short"])


def test_networks_are_counted_each_by_itself():
    now = [0.0]
    counted = Networks(lambda: now[0])
    assert all(counted.allows("192.0.2.1") for _ in range(MOST))
    assert not counted.allows("192.0.2.1:51234")
    assert counted.allows("192.0.2.2")
    now[0] += 20
    assert counted.allows("192.0.2.1")


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("192.0.2.1:51234 192.0.2.1:x ::ffff:192.0.2.1 [::ffff:192.0.2.1]:443 ::FFFF:c000:201", "192.0.2.1"),
        ("2001:db8::1 2001:DB8:0:0:ffff::1 [2001:db8::2] [2001:db8::3]:443 2001:db8::4%eth0", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("unknown _hidden 192.0.2.1.2 192.0.2.01 attempt/a [192.0.2.1 a:b:c " + "x" * 9000, ""),
    ],
)
def test_one_network_is_one_however_a_proxy_writes_it(written: str, means: str):
    """All that is no address is one: else each name that somebody makes up would have codes of its own."""
    assert {network(one) for one in written.split()} == {means}


def test_no_number_of_addresses_fills_the_memory(monkeypatch):
    monkeypatch.setattr(networks, "KEPT", 100)
    kept = Networks(lambda: 0.0)
    for number in range(1000):
        assert kept.allows(f"2001:db8:0:{number:x}::1")
        assert kept.takes(f"attempt/{number}")
        assert kept.left("x" * number) == MOST
    assert len(kept._left) == 100


@pytest.mark.parametrize(
    ("trusted", "lines", "counts"),
    [
        ("", ["203.0.113.9"], "127.0.0.1"),  # no proxy is named: nobody's word counts
        ("198.51.100.0/24", ["203.0.113.9"], "127.0.0.1"),  # nor does that of whoever is none
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, 192.0.2.1"], "192.0.2.1"),  # the first is what the browser made up
        ("127.0.0.1", ["203.0.113.9", "192.0.2.1"], "192.0.2.1"),  # in a line of its own, too
        ("127.0.0.1", ["203.0.113.9,192.0.2.1:51234"], "192.0.2.1"),
        ("127.0.0.1,198.51.100.0/24", ["203.0.113.9, 192.0.2.1, 198.51.100.7:80"], "192.0.2.1"),
        ("127.0.0.1", ["127.0.0.1, 2001:db8::1"], "2001:db8::/64"),
        ("127.0.0.1", ["[2001:db8::1]:443"], "2001:db8::/64"),
        ("127.0.0.1", ["192.0.2.1, ::ffff:192.0.2.2"], "192.0.2.2"),
        ("127.0.0.1", ["192.0.2.1, made up"], ""),
    ],
)
async def test_only_what_a_named_proxy_says_of_its_own_caller_counts(trusted: str, lines: list[str], counts: str):
    """Through the HTTP server as it runs, which reads the header."""

    async def tell(scope, receive, send):
        await PlainTextResponse(network(scope["client"][0]) or "nobody")(scope, receive, send)

    web = Web("127.0.0.1", 0, trusted)
    await web.start(tell)
    try:
        async with httpx.AsyncClient() as http:
            headers = [("x-forwarded-for", line) for line in lines]
            assert (await http.get(f"http://127.0.0.1:{web.port}/", headers=headers)).text == (counts or "nobody")
    finally:
        await web.stop()


def test_a_proxy_that_is_believed_is_one_with_an_address():
    """With `*` anybody's first word would count; with a name, nobody's."""
    for wrong in ("*", "proxy.example.com", "10.0.0.0/8, *", "10.0.0.1/8", "10.0.0"):
        with pytest.raises(ValueError, match="forwarded_from"):
            settings(forwarded_from=wrong)
    for right in ("", "10.0.0.0/8", "10.0.0.1, 2001:db8::/32", "::1"):
        assert settings(forwarded_from=right).forwarded_from == right

"""What strangers and careless programs send: large, slow, broken, and meant for somebody else."""

import asyncio
import base64
import tracemalloc

import pytest
from ekkyo.contracts.members import FindMembers, MemberPage
from ekkyo.contracts.notify import FinishSignIn
from ekkyo.testing.waiting import run_out
from ekkyo_portal.serving import Web, _Punctual
from ekkyo_portal.signin.networks import MOST
from ekkyo_portal.web.body import PACE, limited
from ekkyo_portal.web.sections import FORM
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from tests.portal.making import LEADER, STEWARD, opened, text_of
from tests.portal.whole import CODE, built, whole


async def test_nobody_has_a_large_form_sent_back_without_being_signed_in():
    """Each `"` is five characters on a page: a form of 12 MB made one of 120 MB, and a form is anybody's to send."""
    async with opened(visitor=None) as browser:
        large = {"name": "もくもく会 大阪", "kept": '" ' * 1_000_000}
        page = await browser.post("/c/it/look", large)  # reading it all would take a second
        assert page.status_code == 401
        assert "もくもく会 大阪" not in page.text
        assert "ファイル" in text_of(page)
        page = await browser.post("/c/it/look", large, files={"logo": ("x.png", b"x" * 100_000)})
        assert page.status_code == 401
        assert "もくもく会 大阪" in text_of(page)
        assert len(page.content) < 15_000
        page = await browser.post("/e/e1/cancel", {"reason": '" ' * (FORM // 8)})
        assert FORM // 8 * 6 < len(page.content) < FORM * 12
        assert "ファイル" not in text_of(await browser.post("/e/e1/publish"))


async def test_a_file_of_any_size_that_is_taken_can_be_imported_after_its_preview():
    """The preview holds it as text, which is a larger field than forms have."""
    rows = "\n".join(f"{n:06},山田 花子,h{n}@example.com,営業部,{'x' * 30_000}" for n in range(40))
    file = f"社員番号,氏名,メールアドレス,部署,備考\n{rows}".encode()
    async with opened({FindMembers: MemberPage(members=[])}, STEWARD) as browser:
        kept = base64.urlsafe_b64encode(file).decode()
        page = await browser.post("/people-import", files={"name": (None, "社員.csv"), "kept": (None, kept)})
        assert len(kept) > 1024 * 1024
        assert page.status_code == 200
        assert [type(one).__name__ for one in browser.answering.said] == ["ImportMembers"]


LARGE = 11 * 1024 * 1024
FIELD = b'--b\r\nContent-Disposition: form-data; name="a"%b\r\n\r\nx\r\n'
PLAIN, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
ENDLESS = {
    "escapes": (PLAIN, b"a=" + b"%41" * (LARGE // 3)),
    "fields": (PLAIN, b"a&" * (LARGE // 2)),
    "parts": (PARTS, (FIELD % b"") * (LARGE // 60)),
    "files": (PARTS, (FIELD % b'; filename="a\x00\x1b\r.png"') * (LARGE // 80)),
    "headers": (PARTS, b"--b\r\n" + b"A: b\r\n" * (LARGE // 6)),
    "a header's name": (PARTS, b"--b\r\n" + b"x" * LARGE),
    "a header's value": (PARTS, b'--b\r\nContent-Disposition: form-data; name="' + b"x" * LARGE),
    "a name in pieces": (PARTS, b"--b\r\nContent-Disposition: form-data" + b'; name="a"' * (LARGE // 10)),
    "no part": (PARTS, b"\r\n--" * (LARGE // 4)),
    "no boundary": ("multipart/form-data", FIELD % b""),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_a_body_that_never_ends_costs_little_memory(what: str):
    """Also of a leader, at the page that takes the largest files: 11 MB of escapes took 800 MB."""
    kind, body = ENDLESS[what]

    async def sent():
        for at in range(0, len(body), 65536):
            yield body[at : at + 65536]

    async with opened(visitor=LEADER) as browser:
        headers = {"sec-fetch-site": "same-origin", "content-type": kind}
        tracemalloc.start()
        try:
            page = await browser.http.post("/c/it/look", content=sent(), headers=headers)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert page.status_code in (400, 413)
    assert most < 10_000_000
    assert browser.answering.said == []


async def test_what_a_file_is_called_means_nothing():
    """The page holds the name beside the file, until it is imported."""
    names = "a\x00b.csv", "a\r\nX-Injected: 1.csv", "../../etc/passwd", "\x1b[31m<xss>.csv", '"><xss>.csv'
    file = "社員番号,氏名,メールアドレス,部署\n1,山田 健,ken@example.com,営業部\n".encode()
    async with opened({FindMembers: MemberPage(members=[])}, STEWARD) as browser:
        for name in names:
            page = await browser.post("/people-import", files={"file": (name, file)})
            assert page.status_code == 200
            assert "<xss" not in page.text
            assert "x-injected" not in page.headers
            assert not set("\0\x1b") & set(page.text)


async def test_a_form_has_arrived_in_time_or_nobody_waits_for_it():
    sent: asyncio.Queue[dict] = asyncio.Queue()
    part = {"type": "http.request", "body": b"x", "more_body": True}
    receive = limited(sent.get, PACE // 100, slowest=0.01)
    sent.put_nowait(part)
    assert await receive() == part
    with pytest.raises(HTTPException) as late:
        await receive()
    assert late.value.status_code == 408
    receive = limited(sent.get, 1, slowest=0.01)
    sent.put_nowait({**part, "more_body": False})
    await receive()
    with pytest.raises(TimeoutError):  # it is whole: whoever reads the answer may stay
        await asyncio.wait_for(receive(), 0.1)


async def test_who_leaves_in_the_middle_of_a_form_makes_no_error(tmp_path):
    """An error of the HTTP server would be one in the log, which anybody could write as often as they like."""
    application, services, _ = built(tmp_path, url="https://ekkyo.example.com")
    headers = [(b"host", b"ekkyo.example.com"), (b"content-type", b"application/x-www-form-urlencoded")]
    for path in ("/signin/mail", "/e/e1/register", "/signout/everywhere"):
        parts = [{"type": "http.request", "body": b"email=", "more_body": True}, {"type": "http.disconnect"}]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}

        async def receive(parts=parts):
            return parts.pop(0)

        async def send(_message):
            pass

        await application(scope, receive, send)
    assert services.answering.said == []


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/signin/?next=/me", "/signin?next=/me"),
        ("/e/e1/?p=x", "/e/e1?p=x"),
        ("/api", "/api/"),
        ("/e/あ/", "/e/%E3%81%82"),
    ],
)
async def test_a_slash_too_many_leads_to_this_site_whatever_host_a_request_names(tmp_path, path: str, location: str):
    async with whole(tmp_path) as portal:
        turned = await portal.get(path, headers={"host": "evil.example.com"})
        assert (turned.status_code, turned.headers["location"]) == (308, location)
        for nowhere in ("//evil.example.com/", "/nothing/", "//", "/\\evil.example.com/", "/static/0/style.css/x/"):
            assert (await portal.get(f"https://ekkyo.example.com{nowhere}")).status_code == 404


async def test_cookies_that_another_host_of_the_domain_can_set_count_for_nothing(tmp_path):
    """Only a name that begins with `__Host-` is this host's alone; browsers take a space for a part of the name."""
    async with whole(tmp_path) as portal:
        asked = await portal.post("/signin/mail", {"email": "hanako@example.com"})
        assert asked.headers["set-cookie"].startswith("__Host-")
        assert "Path=/;" in asked.headers["set-cookie"]
        attempt = dict(portal.http.cookies)
        await portal.post("/signin/code", {"code": CODE})
        (session,) = portal.http.cookies.items()
        portal.http.cookies.clear()
        for name, text in (*attempt.items(), session):
            for planted in (name.removeprefix("__Host-"), f"\xa0{name}", f"{name}\x85", f"\x1f{name}", name.upper()):
                header = {"cookie": f"{planted}={text}".encode("latin-1")}
                assert (await portal.get("/me", headers=header)).headers["location"] == "/signin?next=/me"
                assert (await portal.post("/signin/code", {"code": CODE}, headers=header)).status_code == 400
        as_it_is = {"cookie": f"a=b; {session[0]}={session[1]}"}
        assert (await portal.get("/signin/done", headers=as_it_is)).status_code == 200


async def test_one_attempt_to_sign_in_asks_the_service_only_so_often(tmp_path):
    """Each try costs the service some time, whatever its cookie was good for before."""
    async with whole(tmp_path) as portal:
        await portal.post("/signin/mail", {"email": "hanako@example.com"})
        for _ in range(MOST + 5):
            last = await portal.post("/signin/code", {"code": "000000"})
        assert last.status_code == 429
        assert len(portal.services.answering.sent(FinishSignIn)) == MOST


async def test_a_connection_that_does_not_say_what_it_wants_is_closed(monkeypatch):
    monkeypatch.setattr(_Punctual, "slowest", 0.2)
    web = Web("127.0.0.1", 0)
    await web.start(PlainTextResponse("here"))
    asked = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    try:
        for said in (b"", asked[:20], asked):
            reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
            writer.write(said)
            if said == asked:  # it may ask again, and has as long for that
                await reader.readuntil(b"here")
                writer.write(asked[:20])
            with run_out() as waited:
                assert await reader.read() == b""
            assert max(waited, default=0) < 1, "after five seconds idle ones are closed anyway"
            writer.close()
    finally:
        await web.stop()


async def said_to(port: int, *parts: bytes) -> bytes:
    """All that is answered to what is sent in parts, each once something was answered to the one before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = b""
    with run_out() as waited:
        for part in parts:
            writer.write(part)
            answered += await reader.read(65536)
        answered += await reader.read()
    assert max(waited, default=0) < 1, "after five seconds idle ones are closed anyway"
    writer.close()
    return answered


async def test_a_body_that_never_ends_or_is_none_holds_no_connection_and_logs_no_error(monkeypatch, caplog):
    """Its request may have been answered before. An error in the log would be one that anybody can write there."""
    monkeypatch.setattr(_Punctual, "slowest", 0.2)
    web = Web("127.0.0.1", 0)
    await web.start(PlainTextResponse("here"))
    head = b"POST / HTTP/1.1\r\nHost: a\r\n"
    chunked, no_chunk = head + b"Transfer-Encoding: chunked\r\n\r\n", b"-1\r\nabc\r\n"
    try:
        assert b"here" in await said_to(web.port, head + b"Content-Length: 9\r\n\r\n", b"abc")
        assert b"here" in await said_to(web.port, chunked, no_chunk)
        answered = await said_to(web.port, chunked + no_chunk)
        assert b" 400 " in answered
        assert b"here" not in answered
    finally:
        await web.stop()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_request_that_says_twice_where_it_ends_is_refused_and_nothing_after_it_is_read():
    """A proxy that believes the other one would take the rest for a request of somebody else."""
    web = Web("127.0.0.1", 0)
    await web.start(PlainTextResponse("here"))
    head, second = b"POST / HTTP/1.1\r\nHost: a\r\n", b"0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
    length, chunked = b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n"
    try:
        for said in (length + chunked, chunked + length, length + b"Content-Length: 5\r\n"):
            answered = await said_to(web.port, head + said + b"\r\n" + second)
            assert answered.count(b"HTTP/1.1 ") == answered.count(b"HTTP/1.1 400 ") == 1
    finally:
        await web.stop()

"""What holds for every page of the portal: all of them are opened, with answers in which everything is hostile."""

import contextlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ekkyo_portal
import httpx
import pytest
from ekkyo.contracts.base import Command
from ekkyo.contracts.members import Identify
from ekkyo.docs import examples
from ekkyo.docs.messages import messages
from ekkyo_portal.signin import onward
from ekkyo_portal.site import SECTIONS
from ekkyo_portal.web.headers import HEADERS
from ekkyo_portal.web.visitor import Who
from pydantic import BaseModel, ValidationError

from tests.portal.whole import Whole, identity, whole

HOSTILE = "\"><xss onload=alert(1)>{{7*7}}'</script>\r\nX-Injected: 1"
COMMUNITY, EVENT, SURVEY = (examples.IDS[name] for name in ("community_id", "event_id", "survey_id"))
IDS = {
    "community_id": COMMUNITY,
    "event_id": EVENT,
    "survey_id": SURVEY,
    "member_id": examples.IDS["member_id"],
    "output_id": examples.IDS["output_id"],
    "series_id": examples.IDS["series_id"],
    "teacher": examples.IDS["teacher"],
    "sponsor_id": examples.IDS["sponsor_id"],
    "month": examples.WORDS["month"],
    "of": "members",
}
IDS["pulse"] = examples.IDS["pulse"]
IDS["template"] = examples.WORDS["template"]
IDS["name"] = "b8401f"  # of the styles of a colour
PAGES = [page for section in SECTIONS for page in section.pages]
STREAM = "/e/{event_id}/roster/live"
"""Ends only with the browser; its parts are those of the roster's page."""
GETS = [page.path for page in PAGES if page.method == "GET" and page.path != STREAM]
POSTS = [page.path for page in PAGES if page.method == "POST" and not page.path.startswith("/u/")]
"""All but those that a mail program presses (RFC 8058): they go by what their address holds, and read no cookie."""
NOT_THERE = ("/s/{survey_id}/results.", "/e/{event_id}/publish", "/signin/", "/u/", "/calendar/", "/board/{secret}")
"""No closed survey, no draft, no company's sign-in, no link of a mail and no address for calendar is in this test."""
NOT_THERE += ("/c/{community_id}/themes/theme",)  # no theme is named
LEADS_ON = {"/me/held"}
"""To another page, always."""
KEPT = ("/c/{community_id}/logo", "/accent/{name}.css")
"""What browsers keep for ever: its address changes with it, and holds nothing about whoever looks."""
OWN_POLICY = {
    *("/c/{community_id}/report", "/c/{community_id}/report/department"),  # a report has its styles in itself
    *("/c/{community_id}/reports/{month}/mail", "/c/{community_id}/reports/{month}/file"),  # so does a mail
    "/c/{community_id}/logo/{logo}",  # a file: it loads nothing
}
"""What has a stricter policy of its own for what browsers may run; the other headers are those of every page."""
ELSEWHERE = {
    "host": "evil.example.com",
    "x-forwarded-host": "evil.example.com",
    "forwarded": "host=evil.example.com;proto=http",
    "x-original-url": "/evil.example.com",
    "x-rewrite-url": "/evil.example.com",
}
FREE_TEXT = set(examples.WORDS) - {"timezone", "email", "url", "logo_url", "code", "key", "message_id", "number"}
FREE_TEXT -= {"data", "starts", "clock", "rule", "month", "html", "file"}  # notify makes its HTML, and it runs nothing


def address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: IDS.get(found.group(1), "x"), path)


def hostile(value: Any, field: str = "") -> Any:
    """An example with its free texts replaced by what would break out of a page, a header or an attribute."""
    if isinstance(value, dict):
        return {key: None if key == "next" else hostile(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [hostile(one, field) for one in value]
    return HOSTILE if isinstance(value, str) and field in FREE_TEXT else value


def taken(model: type[BaseModel], plain: Any) -> BaseModel:
    """The example as hostile as the model takes it: fields that must be plain are."""
    worst = hostile(plain)
    try:
        return model.model_validate(worst)
    except ValidationError as refused:
        for error in refused.errors():
            *path, last = error["loc"]
            inside, instead = worst, plain
            for step in path:
                inside, instead = inside[step], instead[step]
            inside[last] = instead[last]
    return model.model_validate(worst)


def answers(kind: str = "question") -> dict[type[Any], Any]:
    """An answer to every question, or to every command, for a portal to show."""
    found: dict[type[Any], Any] = {}
    asked = None
    for message in messages():
        if message.kind == kind:
            asked = message
        elif message.kind == "answer" and asked and message.name == f"{asked.name}.answer":
            plain = examples.example(message)
            found[asked.model] = taken(message.model, plain)
    return found


@contextlib.asynccontextmanager
async def signed_in(folder: Path, **more: Any) -> AsyncIterator[Whole]:
    """A portal that 花子 is signed in to, and whose services tell hostile things."""
    async with whole(folder, identity("hanako", name=HOSTILE, **more)) as portal:
        replies = portal.services.answering.replies
        replies.update({question: answer for question, answer in answers().items() if question not in replies})
        await portal.sign_in()
        portal.services.answering.said.clear()
        yield portal


@pytest.mark.parametrize("more", [{}, {"leads": [COMMUNITY]}, {"steward": True}], ids=["member", "leader", "steward"])
async def test_looking_at_a_page_changes_nothing_and_shows_texts_as_texts(tmp_path: Path, more: dict[str, Any]):
    """Programs that look through mails open every address; some ask for the head first."""
    shown = set()
    async with signed_in(tmp_path, **more) as portal:
        for path in GETS:
            page = await portal.get(address(path) + "?q=%3Cxss%3E&next=%3Cxss%3E", headers=ELSEWHERE)
            assert page.status_code < 500, path
            html = page.headers.get("content-type", "").startswith("text/html")
            assert not html or "<xss" not in page.text, path
            assert "\nX-Injected" not in page.text or html, path
            assert "x-injected" not in page.headers, path
            assert "set-cookie" not in page.headers, path
            assert "evil.example" not in page.text + str(page.headers), "what a request calls this host counts nowhere"
            assert page.headers["cache-control"] == "no-store" or path.startswith(KEPT), path
            policy = page.headers["content-security-policy"]
            own = path in OWN_POLICY and policy.startswith("default-src 'none'") and "script-src" not in policy
            said = {name: page.headers.get(name) for name in HEADERS}
            assert said == (HEADERS | {"content-security-policy": policy} if own else HEADERS), path
            options = await portal.http.options(address(path))
            assert (options.status_code, options.headers.get("set-cookie")) == (405, None), path
            head = await portal.http.head(address(path))
            assert (head.status_code, head.content) == (page.status_code, b""), path
            shown |= {path} if page.status_code == 200 else set()
        assert not [said for said in portal.services.answering.said if isinstance(said, Command)]
    assert HEADERS["referrer-policy"] == "same-origin", "the address of a page is told to no other site"
    hidden = {path for path in GETS if path not in shown | LEADS_ON and not path.startswith(NOT_THERE)}
    assert not hidden if "steward" in more else hidden


TEMPLATES = sorted(Path(ekkyo_portal.__file__).parent.rglob("*.html"))
LEADS_TO = re.compile(r'(href|action)="(/[^"#?]*)')


def test_every_link_and_form_of_a_template_leads_to_a_page() -> None:
    routes = {
        "href": [re.sub(r"\{\w+\}", "x", page.path) for page in PAGES if page.method == "GET"],
        "action": [re.sub(r"\{\w+\}", "x", page.path) for page in PAGES],  # a search is a form too
    }
    found = [
        (template.name, name, re.sub(r"\\{\\{.*?\\}\\}", "[^/]*", re.escape(where)))
        for template in TEMPLATES
        for name, where in LEADS_TO.findall(template.read_text())
        if "{%" not in where and not where.startswith("/api/")
    ]
    assert len(found) > 100
    assert [one for one in found if not any(re.fullmatch(one[2], route) for route in routes[one[1]])] == []


CHOSEN = {"attend": "online"}
"""Without it the form of how one takes part asks for nothing."""
OURS = "https://ekkyo.example.com"
FOREIGN: list[Any] = [
    *({"sec-fetch-site": said} for said in ("cross-site", "same-site", "", "SAME-ORIGIN", "none, cross-site")),
    {"sec-fetch-site": "cross-site", "origin": "https://ekkyo.example.com"},
    *(
        {"origin": said}
        for said in (
            "null",
            "",
            "http://ekkyo.example.com",
            "https://ekkyo.example.com:444",
            "https://ekkyo.example.com.evil.example.com",
            "https://evil.example.com/https://ekkyo.example.com",
            "https://sub.ekkyo.example.com",
            "https://example.com",
            "https://evil.example.com",
        )
    ),
    {"origin": "https://evil.example.com", "host": "evil.example.com", "x-forwarded-host": "evil.example.com"},
    *(
        [(name, one.encode()) for one in both]  # whichever of two lines a reader takes
        for name, good, bad in (
            (b"origin", OURS, "https://evil.example.com"),
            (b"sec-fetch-site", "none", "cross-site"),
        )
        for both in ((good, bad), (bad, good))
    ),
]


async def test_a_link_in_a_mail_opens_its_event_and_nothing_of_any_other_page(tmp_path: Path):
    """Not with a steward's pass either; and a pass of another event, or of another kind, opens not even this one."""
    soon = datetime.now(UTC) + timedelta(days=2)
    async with signed_in(tmp_path, steward=True, leads=[COMMUNITY]) as portal:
        portal.services.answering.replies.update(answers("command"))
        held = portal.passes.make("event", EVENT, "hanako", soon)
        others = (
            portal.passes.make("event", "e2", "hanako", soon),
            portal.passes.make("messages", EVENT, "hanako", soon),
        )
        portal.http.cookies.clear()
        for page in PAGES:
            opens = page.who is Who.HOLDERS
            if page.who is Who.EVERYBODY or page.path == STREAM:
                continue
            for one in (held, *others):
                portal.services.answering.said.clear()
                where = f"{address(page.path)}?p={one}"
                sent = {"data": CHOSEN} if page.method == "POST" else {}
                own = {"sec-fetch-site": "same-origin"}
                answer = await portal.http.request(page.method, where, headers=own, **sent)
                did = [said for said in portal.services.answering.said if not isinstance(said, Identify)]
                assert "set-cookie" not in answer.headers, where
                if opens and one == held:
                    assert did, where
                    continue
                assert did == [], where
                assert answer.status_code == (303 if page.method == "GET" else 401), where
                assert one not in answer.headers.get("location", "/signin"), where


async def test_no_other_site_presses_a_button_of_any_page(tmp_path: Path):
    async with signed_in(tmp_path, steward=True) as portal:
        for path in POSTS:
            for from_where in FOREIGN:
                refused = await portal.http.post(address(path), headers=from_where)
                assert refused.status_code == 403, (path, from_where)
                assert refused.headers["cache-control"] == "no-store"
        assert portal.services.answering.said == []


async def test_what_is_typed_or_stands_in_an_address_gets_into_no_header_and_leads_to_no_other_site(tmp_path: Path):
    """Every action is sent with every field that any page has, and is done as the services would do it."""
    code = [file.read_text() for file in Path(ekkyo_portal.__file__).parent.rglob("*.py")]
    names = {name for text in code for name in re.findall(r'form(?:\.\w+)?[\[(]"(\w+)"', text)}
    assert len(names) > 50
    odd = "x%0d%0aX-Injected:%201", "%2fevil.example.com", "..%5cevil", "%00"
    known = [(IDS, text) for text in (HOSTILE, "//evil.example.com", "1")]
    strange = [(dict.fromkeys(IDS, one), "1") for one in odd]
    pressed = set()
    async with signed_in(tmp_path, steward=True, leads=[COMMUNITY]) as portal:
        portal.services.answering.replies.update(answers("command"))
        session = dict(portal.http.cookies)
        for method, path, ids, text in (
            *(("POST", path, *one) for path in POSTS for one in (*known, *strange)),
            *(("GET", path, *one) for path in GETS for one in strange),
        ):
            where = re.sub(r"\{(\w+)\}", lambda found, ids=ids: ids.get(found.group(1), "x"), path)
            sent = dict.fromkeys(names, text) if method == "POST" else None
            answer = await portal.http.request(method, where, data=sent, headers={"sec-fetch-site": "same-origin"})
            assert answer.status_code < 500, (where, text)
            assert "x-injected" not in answer.headers, where
            assert "<xss" not in answer.text, where
            gone = answer.headers.get("location", "/")
            assert onward.path(gone) == gone, where
            assert answer.headers["cache-control"] == "no-store", where
            pressed |= {path} if answer.status_code == 303 else set()
            portal.http.cookies = httpx.Cookies(session)  # it may have signed out
    assert len(pressed) > 30

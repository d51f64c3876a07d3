"""Invitations by pages: the choice of who sees an event, whom it reaches, and what its members read."""

from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    InviteMembers,
    ListInvitees,
    MyRegistration,
    PreviewInvitation,
    ReviseEvent,
    Segment,
    SetTerms,
    UninviteMember,
)
from ekkyo.contracts.events.invitation import InvitationPreview, InvitedToEvent, Invitee, InviteePage
from ekkyo.contracts.members import FindMembers, MemberPage

from tests.portal.leading import NO, PEOPLE, answers, member
from tests.portal.making import HANAKO, LEADER, STEWARD, opened, text_of
from tests.portal.test_events_pages import mine

PRIVATE = {"invited_only": True}


def guests(*status: str | None) -> InviteePage:
    people = ("ken", "mai", "gone", "x1")
    rows = [
        Invitee(event_id="e1", member_id=who, invited=True, status=one)
        for who, one in zip(people, status, strict=False)
    ]
    return InviteePage(invitees=rows, total=len(rows))


def find(question: FindMembers) -> MemberPage:
    """By what they are named."""
    some = [*PEOPLE, member("old", "0009", "元 社員", active=False)]
    wanted = {*(question.emails or ()), *(question.numbers or ()), *(question.member_ids or ())}
    return MemberPage(members=[one for one in some if {one.email, one.number, one.member_id} & wanted])


def private(**changes: Any) -> dict[type, object]:
    return answers(**{"terms": PRIVATE, **changes}) | {
        FindMembers: find,
        ListInvitees: guests(None, "confirmed", "withdrawn", None),
        PreviewInvitation: InvitationPreview(
            event_id="e1", invited=102, already=1, passed_over=["mai"], members=["ken", "x1"]
        ),
        InviteMembers: InvitedToEvent(event_id="e1", invitation_id="i1", invited=1),
        UninviteMember: Invitee(event_id="e1", member_id="ken", invited=False),
    }


async def test_a_leader_chooses_who_sees_the_event():
    async with opened(answers(), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert '<option value="company" selected>' in page.text
        assert 'href="/e/e1/invitations"' not in (await browser.get("/e/e1")).text
        await browser.post("/e/e1/terms", {"visibility": "invited"})
        await browser.post("/e/e1/terms", {"visibility": "community"})
        await browser.post("/e/e1/terms", {"visibility": "company"})
        said = [sent.terms.invited_only for sent in browser.answering.sent(SetTerms)]
        assert said == [True, False, False]
        (revised,) = browser.answering.sent(ReviseEvent)
        assert revised.details.members_only is True
        assert revised.details.title
    async with opened(private(members_only=True), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert '<option value="invited" selected>' in page.text
        assert 'href="/e/e1/invitations"' in page.text
        for typed in ({}, {"visibility": "x"}, {"visibility": "invited"}):
            await browser.post("/e/e1/terms", typed)
        assert [sent.terms.invited_only for sent in browser.answering.sent(SetTerms)] == [True, True, True]
        await browser.post("/e/e1/terms", {"visibility": "company"})
        (revised,) = browser.answering.sent(ReviseEvent)
        assert revised.details.members_only is False


async def test_who_is_invited_is_shown_by_name_as_far_as_leaders_may_know_it():
    async with opened(private(), LEADER) as browser:
        assert 'href="/e/e1/invitations"' in (await browser.get("/e/e1")).text
        page = await browser.get("/e/e1/invitations")
        text = text_of(page)
        assert "4人を招待しています" in text
        assert "山田 健 営業 未登録 招待を取り消す" in text
        assert "林 舞 営業 参加確定" in text
        assert "昔 の人 総務 取りやめ 招待を取り消す" in text
        assert "氏名を表示できない方 未登録" in text
        assert page.text.count('action="/e/e1/invitations/withdraw"') == 3, "who has a seat keeps the invitation"
        done = await browser.post("/e/e1/invitations/withdraw", {"member": "ken"})
        assert done.headers["location"] == "/e/e1/invitations?did=invitations.withdrawn"
        assert [sent.member_id for sent in browser.answering.sent(UninviteMember)] == ["ken"]
        assert "招待を取り消しました" in text_of(await browser.get("/e/e1/invitations?did=invitations.withdrawn"))
    refused = Refused("has_a_place", "This member has a place at the event. Withdraw it first.")
    async with opened(private() | {UninviteMember: refused}, LEADER) as browser:
        page = await browser.post("/e/e1/invitations/withdraw", {"member": "mai"})
        assert (page.status_code, "先に席を取り消して" in text_of(page)) == (409, True)
    for who in (NO, HANAKO):
        async with opened(private(), who) as browser:
            for path in ("", "/preview", "/withdraw"):
                assert (await browser.post(f"/e/e1/invitations{path}", {"member": "ken"})).status_code == 403
            assert (await browser.get("/e/e1/invitations")).status_code == 403
            assert browser.answering.sent(InviteMembers) == browser.answering.sent(UninviteMember) == []


TYPED = {
    "people": "ken@example.com\r\n0003\r\nnobody@example.com\r\nold\r\nno such line, ken",
    "departments": "営業\r\n 開発 \r\n営業",
    "never_came": "on",
}


async def test_an_invitation_is_previewed_with_the_lines_that_name_nobody_and_then_sent_once():
    async with opened(private(), LEADER) as browser:
        page = await browser.post("/e/e1/invitations/preview", TYPED)
        text = text_of(page)
        (asked,) = browser.answering.sent(PreviewInvitation)
        assert asked.members == ["ken", "mai"]
        assert asked.segment == Segment(departments=["営業", "開発"], never_came=True)
        assert "nobody@example.com 3行目 · コミュニティのメンバーに見つかりません。" in text
        assert "old 4行目 · 退職した方です。" in text
        assert "no such line 5行目 · メールアドレス・社員番号・メンバーIDとして読めません。" in text
        assert "新しく招待する人: 102人" in text
        assert "すでに招待しているか、席がある人: 1人" in text
        assert "山田 健 営業 氏名を表示できない方 ほか 100人" in text
        assert "招待できない人" in text
        assert 'name="members" value="ken mai"' in page.text
        assert browser.answering.sent(InviteMembers) == [], "looking changes nothing"
        send = {"members": "ken mai", "departments": "営業\r\n開発", "never_came": "on", "invitation_id": "i1"}
        done = await browser.post("/e/e1/invitations", send)
        assert done.headers["location"] == "/e/e1/invitations?did=invitations.sent"
        (sent,) = browser.answering.sent(InviteMembers)
        assert (sent.invitation_id, sent.members, sent.segment) == ("i1", ["ken", "mai"], asked.segment)
        assert [q.community_id for q in browser.answering.sent(FindMembers) if q.emails] == ["it"]
    async with opened(private(), STEWARD) as browser:
        await browser.post("/e/e1/invitations/preview", TYPED)
        assert [q.community_id for q in browser.answering.sent(FindMembers) if q.emails] == [None]


async def test_what_cannot_be_previewed_is_told_beside_its_field():
    async with opened(private(), LEADER) as browser:
        for typed, says in (
            ({}, "条件を1つ以上選んでください"),
            ({"people": "\n".join(f"m{n}" for n in range(501))}, "500行まで"),
            ({"people": "nobody@example.com"}, "コミュニティのメンバーに見つかりません"),
            ({"departments": "x" * 201}, "長すぎます"),
        ):
            page = await browser.post("/e/e1/invitations/preview", typed)
            assert (page.status_code, says in text_of(page)) == (422, True), says
        assert browser.answering.sent(PreviewInvitation) == []
    too_many = Refused("too_many_invitations", "At most 5000.")
    async with opened(private() | {InviteMembers: too_many}, LEADER) as browser:
        page = await browser.post("/e/e1/invitations", {"members": "", "in_community": "on"})
        assert (page.status_code, "5,000人まで" in text_of(page)) == (409, True)
    async with opened(private(terms=None), LEADER) as browser:
        page = await browser.get("/e/e1/invitations")
        assert "招待していない人にも見えます" in text_of(page)
        assert 'action="/e/e1/invitations/preview"' not in page.text


async def test_a_members_page_says_that_the_event_is_by_invitation():
    async with opened({MyRegistration: mine(None, terms=PRIVATE)}, HANAKO) as browser:
        page = await browser.get("/e/e1")
        assert "招待された方だけが見られます" in text_of(page)
        assert 'action="/e/e1/register"' in page.text
    async with opened({MyRegistration: mine(None)}, HANAKO) as browser:
        assert "招待" not in text_of(await browser.get("/e/e1"))


async def test_who_publishes_an_event_by_invitation_is_told_who_hears_of_it():
    async with opened(private(status="draft"), LEADER) as browser:
        page = await browser.get("/e/e1/publish")
        assert "招待した 4 人にお知らせが届きます" in text_of(page)
        assert "コミュニティのメンバー" not in text_of(page)
        assert 'href="/e/e1/invitations"' in page.text
    async with opened(private(status="draft") | {ListInvitees: guests()}, LEADER) as browser:
        assert "まだだれも招待していません" in text_of(await browser.get("/e/e1/publish"))
    away = Refused("unavailable", "", 503)
    async with opened(private(status="draft") | {ListInvitees: away}, LEADER) as browser:
        assert "招待した人にお知らせが届きます" in text_of(await browser.get("/e/e1/publish"))

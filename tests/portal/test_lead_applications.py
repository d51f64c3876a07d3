"""Applications by pages: seen by leaders with what was answered, approved, and declined with a reason."""

from typing import Any

from ekkyo.contracts.events import (
    ApproveApplications,
    DecidedApplications,
    DeclineApplications,
    GetAnswers,
    GetEvent,
    GetRoster,
    MemberAnswers,
    MyRegistration,
    MyRegistrationAnswer,
    RegistrationQuestion,
)
from ekkyo.contracts.events.asking import AnswersPage

from tests.portal.leading import NO, answers, registration, roster
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine

APPROVAL = {"terms": {"approval": True}}


def waiting(**changes: Any) -> dict[type, Any]:
    it = event(**{**APPROVAL, "applied": 2, "capacity": 1, "confirmed": 0, **changes})
    listed = (
        registration("mai", "applied", position=2),
        registration("ken", "applied", position=1),
        registration("gone", "declined", declined_because="full", note="秋の回にどうぞ <b>"),
    )
    return {**answers(), GetEvent: it, GetRoster: roster(it, *listed), MyRegistration: MyRegistrationAnswer(event=it)}


async def test_leaders_see_who_applied_first_and_who_was_declined_and_why():
    async with opened(waiting(), LEADER) as browser:
        page = await browser.get("/e/e1/applications")
        said = text_of(page)
        assert said.index("山田 健") < said.index("林 舞")
        assert "空いている席は 1 席です。" in said
        assert "秋の回にどうぞ &lt;b&gt;" in said
        assert "席が足りないため" in said
        (asked,) = browser.answering.sent(GetRoster)
        assert asked.status == ["applied", "declined"]
        assert "申し込み (2)" in text_of(await browser.get("/e/e1"))
        browser.as_(in_english(LEADER))
        assert "Applications that wait for a decision" in text_of(await browser.get("/e/e1/applications"))


async def test_several_are_approved_at_once_and_it_is_said_when_somebody_was_passed_over():
    async with opened(waiting(), LEADER) as browser:
        done = await browser.post("/e/e1/applications/approve", {"one": ["ken/r-ken", "mai/r-mai"]})
        assert done.headers["location"] == "/e/e1/applications?did=applications.approved"
        (sent,) = browser.answering.sent(ApproveApplications)
        assert [(one.member_id, one.registration_id) for one in sent.applications] == [
            ("ken", "r-ken"),
            ("mai", "r-mai"),
        ]
        passed = DecidedApplications(event_id="e1", registrations=[], passed_over=["mai"])
        browser.answering.replies[ApproveApplications] = passed
        done = await browser.post("/e/e1/applications/approve", {"one": ["mai/r-mai"]})
        assert done.headers["location"].endswith("applications.passed")
        page = await browser.post("/e/e1/applications/approve", {})
        assert (page.status_code, "1人以上選んでください" in text_of(page)) == (422, True)


async def test_declining_has_a_reason_and_a_note_and_keeps_what_was_typed_when_it_is_wrong():
    async with opened(waiting(), LEADER) as browser:
        said = {"one": ["ken/r-ken"], "reason": "prerequisites", "note": "まず入門編へ"}
        done = await browser.post("/e/e1/applications/decline", said)
        assert done.headers["location"].endswith("did=applications.declined")
        (sent,) = browser.answering.sent(DeclineApplications)
        assert (sent.reason, sent.note) == ("prerequisites", "まず入門編へ")
        page = await browser.post("/e/e1/applications/decline", {**said, "note": "あ" * 501})
        assert page.status_code == 422
        assert "あ" * 501 in page.text
        assert 'value="ken/r-ken" type="checkbox" checked' in page.text


async def test_answers_to_questions_stand_beside_the_application():
    questions = [RegistrationQuestion(key="why", kind="text", text="参加の目的は?")]
    entries = [MemberAnswers(member_id="ken", status="applied", answers={"why": "RPAを学びたい"})]
    replies = waiting(asks=True)
    replies[GetAnswers] = AnswersPage(event=replies[GetEvent], questions=questions, entries=entries)
    async with opened(replies, LEADER) as browser:
        assert "参加の目的は? RPAを学びたい" in text_of(await browser.get("/e/e1/applications"))


async def test_only_leaders_see_applications_and_nothing_is_decided_after_the_start():
    async with opened(waiting(), NO) as browser:
        assert (await browser.get("/e/e1/applications")).status_code == 403
        assert (await browser.post("/e/e1/applications/approve", {"one": ["ken/r-ken"]})).status_code == 403
        assert not browser.answering.sent(ApproveApplications)
    async with opened(waiting(status="cancelled"), LEADER) as browser:
        page = await browser.get("/e/e1/applications")
        assert "<button" not in page.text.split("<main")[1].split("</main>")[0]


def turned_down() -> MyRegistrationAnswer:
    told = mine("declined", **APPROVAL)
    assert told.registration
    more = {"declined_because": "prerequisites", "note": "まず入門編へ"}
    return told.model_copy(update={"registration": told.registration.model_copy(update=more)})


async def test_a_member_applies_and_reads_why_they_were_declined():
    async with opened({MyRegistration: mine(None, **APPROVAL)}, HANAKO) as browser:
        said = text_of(await browser.get("/e/e1"))
        assert "参加を申し込む" in said
        assert "参加する方は、リーダーが決めます。" in said
        browser.answering.replies[MyRegistration] = turned_down()
        said = text_of(await browser.get("/e/e1"))
        assert "理由: 必要な知識や経験を確認できなかったため" in said
        assert "まず入門編へ" in said

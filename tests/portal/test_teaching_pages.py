"""Finding who can teach something, and introductions: nobody is named who did not choose so."""

from datetime import timedelta
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    AnswerIntroduction,
    CommunityListed,
    CommunityPage,
    FindTeachers,
    Introduction,
    Introductions,
    ListCommunities,
    ListIntroductions,
    RequestIntroduction,
    TakeBackIntroduction,
    Taught,
    Teacher,
    Teachers,
)

from tests.portal.making import NOW, opened, text_of
from tests.portal.test_me_pages import KNOWN as ME
from tests.portal.test_people_pages import community

HANDLE = "5f2b8c04d1a97e36"
SHY = Teacher(teacher=HANDLE, teaches=["Excelのピボットテーブル", "Power BI"], near="大阪本社")
OPEN = Teacher(teacher="91" * 8, teaches=["Excel"], skills=["VBA", "Access"], name="林 健二")


def told(question: FindTeachers) -> Teachers:
    if question.topic is None:
        return Teachers(teachers=[], topics=[Taught(topic="Excel", teachers=2), Taught(topic="剣道", teachers=1)])
    return Teachers(teachers=[SHY, OPEN] if question.topic == "Excel" else [], next=None)


def introduction(status: str, n: int = 1, **more: Any) -> Introduction:
    known = {
        "introduction_id": f"i{n}",
        "community_id": "it",
        "topic": "Excel",
        "message": "ピボットを教えてください。",
    }
    times = {"asked_at": NOW, "ends_at": NOW + timedelta(days=14)}
    return Introduction.model_validate({**known, **times, "status": status, **more})


KNOWN: dict[type[Any], Any] = {
    **ME,
    ListCommunities: CommunityPage(communities=[CommunityListed(community=community(), members=3, leaders=[])]),
    FindTeachers: told,
    ListIntroductions: Introductions(
        asked=[introduction("asked"), introduction("given", 2, name="林 健二", email="hayashi@example.co.jp")],
        received=[
            introduction("asked", 3),
            introduction("declined", 4, name="山田 花子", named=True),
            introduction("not_this_time", 5, message=""),
        ],
    ),
    AnswerIntroduction: introduction("given", 3),
    RequestIntroduction: introduction("asked"),
    TakeBackIntroduction: introduction("taken_back"),
}
PAGES = (
    "/c/it/teachers",
    "/c/it/teachers?topic=Excel&near=大阪",
    "/c/it/teachers?topic=zz",
    f"/c/it/teachers/{HANDLE}?topic=Excel",
    "/me/introductions",
    "/me",
)


async def test_teachers_are_found_by_topic_and_place_and_named_only_where_they_chose_so() -> None:
    async with opened(KNOWN) as browser:
        first = await browser.get("/c/it/teachers")
        assert "剣道 1 人" in text_of(first)
        found = await browser.get("/c/it/teachers?topic=Excel&near=大阪")
        assert browser.answering.sent(FindTeachers)[-1].near == "大阪"
        assert "コミュニティのメンバー 教えられること Excelのピボットテーブル、Power BI" in text_of(found)
        assert "林 健二" in text_of(found)
        assert f'href="/c/it/teachers/{HANDLE}?topic=Excel"' in found.text
        assert (await browser.get("/c/it/teachers?topic=" + "x" * 61)).status_code == 400


async def test_an_introduction_is_asked_for_once_with_a_message_and_with_a_name_only_if_chosen() -> None:
    async with opened(KNOWN) as browser:
        page = await browser.get(f"/c/it/teachers/{HANDLE}?topic=Excel")
        assert "氏名と会社のメールアドレスが両方に届きます" in text_of(page)
        form = {"topic": "Excel", "request_id": "q1", "message": ""}
        assert (await browser.post(f"/c/it/teachers/{HANDLE}", form)).status_code == 400
        done = await browser.post(f"/c/it/teachers/{HANDLE}", {**form, "message": "教えてください。"})
        assert done.headers["location"] == "/me/introductions?did=teaching.requested"
        (asked,) = browser.answering.sent(RequestIntroduction)
        assert (asked.request_id, asked.teacher, asked.named) == ("q1", HANDLE, False)
        assert (await browser.get("/c/it/teachers/nobody?topic=Excel")).status_code == 404
        browser.answering.replies[RequestIntroduction] = Refused("too_many_introductions")
        busy = await browser.post(f"/c/it/teachers/{HANDLE}", {**form, "message": "<b>ピボットを教えてください。"})
        assert "14日間に頼める紹介は5件まで" in text_of(busy)
        assert "&lt;b&gt;ピボットを教えてください。</textarea>" in busy.text, "what was written is not lost"
        assert busy.text.count("<textarea") == 1


async def test_who_is_asked_says_yes_or_no_and_who_asked_can_take_it_back() -> None:
    async with opened(KNOWN) as browser:
        assert "紹介の依頼が届いています" in text_of(await browser.get("/me"))
        page = text_of(await browser.get("/me/introductions"))
        assert "hayashi@example.co.jp" in page
        assert "期限切れ" in page
        for answer, did in (("yes", "accepted"), ("no", "declined")):
            done = await browser.post("/me/introductions/i3", {"answer": answer})
            assert done.headers["location"] == f"/me/introductions?did=teaching.{did}"
        assert [one.accept for one in browser.answering.sent(AnswerIntroduction)] == [True, False]
        await browser.post("/me/introductions/i1/take-back")
        assert browser.answering.sent(TakeBackIntroduction)[0].introduction_id == "i1"

"""What is typed into an anonymous survey stays in the tab of the browser, over its steps, until it is answered."""

from pathlib import Path

from ekkyo.contracts.surveys import Answered, AnswerSurvey, GetForm

from tests.journeys.browsing import browsers
from tests.portal.making import HANAKO
from tests.portal.pictures import staged
from tests.portal.test_survey_answers import asked

KEPT = "Object.keys(sessionStorage).length + Object.keys(localStorage).length"


async def test_a_reload_loses_nothing_and_an_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    replies = {GetForm: asked(), AnswerSurvey: Answered(survey_id="s1", member_id="hanako")}
    async with staged(replies, HANAKO) as stage, browsers(stage.url, tmp_path) as them:
        who = await them.person("/s/s1", size="phone")
        page, send = who.page, who.page.locator("button.wide")
        assert not await page.locator("#why").is_visible(), "it depends on an answer"
        await page.locator('[name=score][value="1"]').focus()
        await page.keyboard.press("Space")
        await page.fill("#why", "途中まで")
        await page.reload()
        assert await page.locator("[data-restored]").is_visible()
        assert await page.locator("#why").input_value() == "途中まで"
        await send.click()
        await page.select_option("[name=best-1]", "bike")
        await page.goto(f"{stage.url}/s/s1")
        await send.click()
        assert await page.locator("[name=best-1]").input_value() == "bike", "of another step"
        await send.click()
        await page.locator("[name=when]").wait_for()
        assert await page.evaluate(KEPT) == 1
        stage.answering.replies[GetForm] = asked(answered=True)
        await send.click()
        await page.locator(".empty").wait_for()
        assert await page.evaluate(KEPT) == 0
        (sent,) = stage.answering.sent(AnswerSurvey)
        assert sent.answers == {"score": 1, "why": "途中まで", "best": ["bike"]}

"""Questions that depend on an answer, in a browser: they appear and disappear with it."""

from pathlib import Path

from tests.journeys.browsing import browsers
from tests.portal.making import HANAKO
from tests.portal.pictures import staged
from tests.portal.test_asking_pages import ASKS


async def test_a_question_appears_with_the_answer_that_it_depends_on(tmp_path: Path) -> None:
    async with staged(ASKS, HANAKO) as stage, browsers(stage.url, tmp_path) as them:
        page = (await them.person("/e/e1", size="phone")).page
        which = page.get_by_text("どのお弁当ですか")
        await which.wait_for(state="hidden")
        await page.get_by_label("はい", exact=True).check()
        await which.wait_for(state="visible")
        await page.get_by_label("いいえ", exact=True).check()
        await which.wait_for(state="hidden")
        page = (await them.person("/e/e1", size="phone", script=False)).page
        await page.get_by_text("どのお弁当ですか").wait_for(state="visible")

"""Pages fade into one another, unless somebody asked their device for less motion."""

from pathlib import Path

from ekkyo.testing import eventually

from tests.journeys.browsing import Person, browsers
from tests.portal.whole import served

FADES = """window.fades = new Promise((done) => {
  addEventListener('pagereveal', (shown) => done(!!shown.viewTransition))})"""


async def fades(who: Person) -> bool:
    """Whether the next page fades in. On a busy machine a browser may leave it out."""
    await who.open("/signin")
    await who.page.get_by_role("link", name="English").first.click()
    await who.page.wait_for_url("**lang=en**")
    return bool(await who.page.evaluate("window.fades"))


async def test_pages_fade_into_one_another_unless_less_motion_is_asked_for(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, _), browsers(url, tmp_path) as them:
        phone, desk = await them.person("/signin", size="phone"), await them.person("/signin", size="desk")
        for who in (phone, desk):
            await who.page.add_init_script(FADES)
        await eventually(lambda: fades(phone), 15, what="fading")
        assert not await fades(desk)

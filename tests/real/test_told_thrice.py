"""Every fact and every timer delivered three times to everyone who hears it: same state, same mails, same facts."""

from typing import Any

from ekkyo.contracts import members as m

from tests.real.installation import SERVICES, Installation, insist
from tests.real.killing import chances, quiet
from tests.real.season import Season


async def test_a_season_told_three_times_is_the_season_told_once(installation: Installation) -> None:
    season = Season(installation, chances())
    await season.begin()
    await season.during(nothing, before=60, after=0)
    await season.end()
    await people_move_on(season)
    facts = await season.whole()
    before = await everything(installation)
    for _ in range(2):
        for stream, durable in installation.durables():
            await installation.told_from_the_start(stream, durable)
        await quiet(installation, *SERVICES)
    assert await everything(installation) == before
    assert [f.meta.id for f in await installation.facts()] == [f.meta.id for f in facts]
    await season.mails(facts)


async def nothing() -> None:
    return None


async def people_move_on(season: Season) -> None:
    """Somebody joins when all is told, and somebody wants to be told in another way: old facts are no news to them."""
    client = await season.installation.client("steward", "steward")
    await season.join(client, "late-comer")
    wish = m.Preferences(channels=["mail", "chat"], locale="en")
    await insist(client, m.SetPreferences(member_id=season.members[0], preferences=wish))
    season.changes[season.members[0]] += 1


async def everything(installation: Installation) -> dict[str, Any]:
    """All documents of all four services, as they lie in the database."""
    return {name: await installation.rows(name) for name in SERVICES}

"""How the community begins: its charter, its first people, its leaders, and those to whom it reports."""

from base64 import b64encode

from ekkyo.contracts import members as m
from ekkyo.contracts import notify as n
from ekkyo.decision.clock import utcnow
from ekkyo_common.attendance import everybody
from ekkyo_common.report.months import day_of
from pydantic import SecretStr

from ekkyo_cli.demo import leaders, measures, people, season, sponsors
from ekkyo_cli.demo.loop import pulse
from ekkyo_cli.demo.play import Season

PEOPLE = 180
"""How many of the company join in the first season."""
ZONE = "Asia/Tokyo"


async def found(story: Season, webhook: str) -> None:
    """Write the charter down, connect the chat, bring the first people together, and choose who leads."""
    steward, id = story.as_("steward", "steward"), story.community_id
    today = day_of(utcnow(), ZONE)
    community = await steward.send(
        m.FoundCommunity(
            community_id=id, name=season.COMMUNITY, rules=season.RULES, charter=season.charter(today), timezone=ZONE
        )
    )
    logo = b64encode(season.LOGO.encode()).decode()
    await steward.send(m.ReviseCommunity(community_id=id, colour=season.COLOUR, logo_file=logo))
    await measures.report(story.as_("help-desk", "system"), id, today)
    story.sponsor = await sponsors.add(steward, id)
    await steward.send(n.ConnectChannel(community_id=id, url=SecretStr(webhook)))
    story.say(
        f"Founded {community.name}: {community.charter.objective}\n"
        f"  Its charter has {len(community.charter.measures)} measures with a target; the help desk's own system "
        f"reports one of them, {len(season.ASKED)} months so far"
    )
    await _gather(story)
    await _choose_leaders(story)
    story.pulse = await pulse.plan(story.leader(), id)


async def _gather(story: Season) -> None:
    """Those who join: all who stand in the attendance reports, and some of the others."""
    company = await everybody(story.as_("portal", "system"))
    reported = people.reported(company, map(story.report, ("teams", "zoom")))
    others = [one for one in company if one not in reported]
    story.people = reported + story.random.sample(others, PEOPLE - len(reported))

    async def join(who: m.Member) -> None:
        me = story.as_(who.member_id)
        await me.send(m.JoinCommunity(member_id=who.member_id, community_id=story.community_id))
        accepted = m.AcceptRules(member_id=who.member_id, community_id=story.community_id, rules_version=1)
        await me.send(accepted)
        if story.random.random() < 0.1:
            wishes = m.Preferences(locale="en", timezone=ZONE)
            await me.send(m.SetPreferences(member_id=who.member_id, preferences=wishes))

    await story.each(story.people, join)
    for who in story.people:  # facts follow their commands: whom the first events are announced to must be certain
        await story.heard.until(m.RulesAccepted, who.member_id)
    story.say(f"{len(story.people)} of {len(company)} people joined and accepted the rules")


async def _choose_leaders(story: Season) -> None:
    steward = story.as_("steward", "steward")
    candidates = story.random.sample(story.people, season.CANDIDATES)
    company = {one.member_id: one for one in story.people}
    story.leaders, why = await leaders.choose(steward, story.community_id, candidates, company)
    for line in why:
        story.say(line)
    [*_, last] = (one for one in story.people if one not in story.leaders)
    story.steward = last
    await steward.send(m.GrantSteward(member_id=last.member_id))

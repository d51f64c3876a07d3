"""The first pins: a few leaders, chosen from candidates so that together they mirror the company."""

from collections.abc import Mapping, Sequence

from ekkyo.client import Ekkyo
from ekkyo.contracts import members as m

from ekkyo_cli.demo import season

NAMES: dict[str, str] = {"job_family": "job family"}


async def choose(
    steward: Ekkyo, community_id: str, candidates: Sequence[m.Member], company: Mapping[str, m.Member]
) -> tuple[list[m.Member], list[str]]:
    """Ask whom to choose, and make them leaders; who they are, and why, in a few lines."""
    told = await steward.ask(
        m.SuggestLeaders(
            community_id=community_id,
            choose=season.LEADERS,
            candidates=[one.member_id for one in candidates],
            weights=season.MIRRORED,
            rules=season.LEADER_RULES,
        )
    )
    for one in told.chosen:
        await steward.send(m.GrantRole(member_id=one.member_id, community_id=community_id))
    return [company[one.member_id] for one in told.chosen], _why(told, company)


def _why(told: m.SuggestedLeaders, company: Mapping[str, m.Member]) -> list[str]:
    weights = ", ".join(f"{NAMES.get(name, name)} (weight {weight})" for name, weight in season.MIRRORED.items())
    rules = " and ".join(_rule(rule) for rule in season.LEADER_RULES)
    proven = "no other four come closer" if told.proven else f"others come closer by {told.better_by * 100:.1f} at most"
    swaps = [(swap.cost, one.member_id, swap.member_id) for one in told.chosen for swap in one.swaps]
    lines = [
        f"Leaders: {len(told.chosen)} chosen from {told.candidates} candidates so that they mirror the company's "
        f"{told.mirrored} people by {weights}, with {rules}",
        "  " + "; ".join(_who(company[one.member_id]) for one in told.chosen),
        f"  Their mix differs from the company's by {told.distance * 100:.0f} points of 100; {proven}",
    ]
    if swaps:
        cost, out, instead = min(swaps)
        lines[-1] += f"; {company[instead].name} instead of {company[out].name} would add {cost * 100:.1f}"
    return lines


def _rule(rule: m.LeaderRule) -> str:
    how_many = f"at least {rule.at_least}" if rule.at_least else f"at most {rule.at_most}"
    return f"{how_many} from {rule.value}"


def _who(one: m.Member) -> str:
    return f"{one.name} ({', '.join(filter(None, (one.job_family, one.site, one.department)))})"

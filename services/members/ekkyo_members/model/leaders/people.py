"""What is weighed of members: the attributes, who is a candidate, and how few are told apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from ekkyo.contracts import members as contract
from ekkyo.decision import Caller, Refused

from ekkyo_members.model.journey import Step
from ekkyo_members.model.member import Member

FEWEST: Final = 5
"""Candidates with a sensitive value; values that fewer have count as one."""
OPEN: Final[tuple[contract.OpenAttribute, ...]] = get_args(contract.OpenAttribute)
SENSITIVE: Final[tuple[contract.SensitiveAttribute, ...]] = get_args(contract.SensitiveAttribute)
_AGES: Final = ((30, "under_30"), (40, "30_to_39"), (50, "40_to_49"))
_YEARS: Final = ((1, "under_1"), (3, "1_to_2"), (10, "3_to_9"))


@dataclass(frozen=True)
class Did:
    """What a member did, counted where the question counts it."""

    attended: int = 0
    contributions: int = 0


def may_suggest(question: contract.SuggestLeaders, who: Caller) -> None:
    """Refuse (403) leaders who ask beyond their community, or about age and gender."""
    if who.leads_all:
        return
    who.must_lead(question.community_id)
    if question.of != "community":
        raise Refused("not_allowed", "Leaders may choose only among the members of their community.", 403)
    if _sensitive(question):
        raise Refused("not_allowed", "Only stewards and systems may weigh age and gender.", 403)


def value_of(member: Member, attribute: contract.LeaderAttribute, today: date) -> str | None:
    """The value of an attribute; None: not known."""
    if attribute == "tenure":
        return _band(member.hired_on, today, _YEARS, "10_and_over")
    if attribute == "age_band":
        return _band(member.birth_date, today, _AGES, "50_and_over")
    value: str | None = getattr(member, attribute)
    return value


def _band(since: date | None, today: date, bands: Sequence[tuple[int, str]], last: str) -> str | None:
    if since is None:
        return None
    years = today.year - since.year - ((today.month, today.day) < (since.month, since.day))
    return next((name for below, name in bands if years < below), last)


def sensitive_values(
    attribute: contract.SensitiveAttribute, people: Iterable[Member], candidates: Sequence[Member], today: date
) -> tuple[Counter[str | None], list[str | None]]:
    """How many people have each value, and the candidates' values. What fewer than five candidates have is one value.

    Where that one has fewer than five candidates as well, the attribute tells nobody apart.
    """
    own = [value_of(member, attribute, today) for member in candidates]
    told = {value for value, n in Counter(own).items() if n >= FEWEST}
    if sum(value not in told for value in own) in range(1, FEWEST):
        told = set()
    merged = Counter(value if value in told else "others" for value in (value_of(m, attribute, today) for m in people))
    return Counter(dict(merged)), [value if value in told else "others" for value in own]


def figures_of(question: contract.SuggestLeaders, people: Iterable[Member]) -> dict[str, float]:
    """The given figures by member id."""
    given = _by_any_name(question.figures)
    found: dict[str, float] = {}
    for member in people:
        named = next((given[name] for name in _names(member) if name in given), None)
        if named is not None:
            found[member.id] = named
    return found


def may_have_done(question: contract.SuggestLeaders, people: Iterable[Member]) -> list[str]:
    """Whose steps must be counted: those who can have attended and contributed enough."""
    did = question.did
    if did is None or not (did.attended or did.contributions):
        return []
    return [
        m.id
        for m in people
        if m.attended >= did.attended
        and (not did.contributions or any(c.crossing in ("shared", "carried_outside") for c in m.crossings))
    ]


def counted(steps: Iterable[Step], community_id: str | None) -> dict[str, Did]:
    """What these steps come to by member, in one community or in all."""
    found: dict[str, Did] = {}
    for step in steps:
        if step.undone or (community_id is not None and step.community_id != community_id):
            continue
        before = found.get(step.document_id, Did())
        came = step.kind is None
        found[step.document_id] = Did(before.attended + came, before.contributions + (not came))
    return found


def candidates_of(
    question: contract.SuggestLeaders, people: Sequence[Member], done: Mapping[str, Did], figures: Mapping[str, float]
) -> tuple[list[Member], list[str]]:
    """Those among whom is chosen, the most active first; and which of the named were not found. Refuses too few."""
    pool, unknown = list(people), list[str]()
    if question.candidates is not None:
        named = _by_any_name(dict.fromkeys(question.candidates, 0.0))
        pool = [member for member in people if any(name in named for name in _names(member))]
        known = {name for member in pool for name in _names(member)}
        unknown = [name for name in dict.fromkeys(question.candidates) if _plain(name) not in known]
    pool = [member for member in pool if _did(question, member, done.get(member.id, Did()), figures.get(member.id))]
    if len(pool) < question.choose:
        raise Refused(
            "too_few_candidates", f"{question.choose} leaders cannot be chosen from {len(pool)} candidates.", 409
        )
    if len(pool) > contract.MOST_CANDIDATES:
        raise Refused(
            "too_many_candidates",
            f"There are {len(pool)} candidates; {contract.MOST_CANDIDATES} can be compared. Ask for more of them.",
        )
    if _sensitive(question) and (len(pool) < contract.LEAST_FOR_SENSITIVE or question.choose * 2 > len(pool)):
        raise Refused(
            "too_few_for_sensitive",
            f"Age and gender are weighed only among at least {contract.LEAST_FOR_SENSITIVE} candidates, "
            "of whom at most half are chosen.",
        )
    none = float("-inf")
    return sorted(pool, key=lambda m: (-figures.get(m.id, none), -m.attended, m.id)), unknown


def _did(question: contract.SuggestLeaders, member: Member, done: Did, figure: float | None) -> bool:
    wanted = question.did
    if wanted is None:
        return True
    within = question.community_id if question.of == "community" else None
    crossed = {c.crossing for c in member.crossings if within is None or c.community_id == within}
    return (
        done.attended >= wanted.attended
        and done.contributions >= wanted.contributions
        and crossed.issuperset(wanted.crossings)
        and (wanted.figure is None or (figure is not None and figure >= wanted.figure))
    )


def _sensitive(question: contract.SuggestLeaders) -> bool:
    return any(attribute in question.weights for attribute in SENSITIVE)


def _names(member: Member) -> tuple[str, str, str]:
    """What a member may be called in a list: id, personnel number, mail address."""
    return _plain(member.id), _plain(member.number), _plain(member.address)


def _plain(name: str) -> str:
    return name.strip().casefold()


def _by_any_name(given: Mapping[str, float]) -> dict[str, float]:
    return {_plain(name): value for name, value in given.items()}

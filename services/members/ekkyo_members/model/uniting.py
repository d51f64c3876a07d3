"""What a record is when another one of the same person becomes part of it, and what it is again without it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ekkyo.contracts import members as contract

from ekkyo_members.model.member import PROFILE, Member
from ekkyo_members.model.parts import Planned, earlier

ROLE: Final = ("role", "role_until", "deputising")
"""What of a place in a community is one thing: a role, its end, and for whom it is."""
KEYED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "memberships": lambda one: one.community_id,
    "invitations": lambda one: one.community_id,
    "crossings": lambda one: (one.community_id, one.crossing),
    "follows": lambda one: (one.community_id, one.theme),
    "guest_of": lambda one: one,
    "planned": lambda one: (one.community_id, one.kind),
    "hosting": lambda one: one.event_id,
    "signs_in_as": lambda one: one,
}
"""Lists whose elements are given back one by one, and by what each is known."""
_SINGLE: Final = (
    *PROFILE,
    "active",
    "steward",
    "steward_until",
    "speaks",
    "skills",
    "known_by",
    "channels",
    "mail_refused_since",
    "address_since",
    "locale",
    "timezone",
    "directory",
)
"""Fields that are given back unless they were changed again since."""


def united(kept: Member, other: Member, current: contract.Current) -> Member:
    """The kept record with all that the other one had, but for what it did, which is in its steps."""
    kept, other = _without_ended_roles(kept, other), _without_ended_roles(other, kept)
    of_now = other if current == "absorbed" else kept
    names = {"number": of_now.number, "name": of_now.name, "email": of_now.address}
    former = kept.former
    for record in (other, kept):
        for was in _names(record):
            former = earlier(former, was, now=of_now.profile)
    signs_in = {kept.number, kept.address, other.number, other.address, *kept.signs_in_as, *other.signs_in_as}
    update: dict[str, Any] = {
        **{name: getattr(of_now, name) for name in PROFILE},
        "email": of_now.address,
        "active": kept.active or other.active,
        "directory": of_now.directory,
        "speaks": kept.speaks or other.speaks,
        "skills": kept.skills or other.skills,
        "known_by": kept.known_by if kept.skills else other.known_by,
        "channels": list(dict.fromkeys([*kept.channels, *other.channels])),
        "locale": kept.locale or other.locale,
        "timezone": kept.timezone or other.timezone,
        "mail_refused_since": of_now.mail_refused_since,
        "address_since": kept.address_since if of_now is kept else kept.revision + 1,
        "memberships": _memberships(kept, other),
        "crossings": _crossings(kept, other),
        "guest_of": sorted({*kept.guest_of, *other.guest_of}),
        "planned": _planned(kept, other),
        "hosting": list({one.event_id: one for one in [*other.hosting, *kept.hosting]}.values()),
        "former": former,
        "signs_in_as": sorted(signs_in - set(names.values())),
    }
    themes = {(one.community_id, one.theme): one for one in [*other.follows, *kept.follows]}
    update["follows"] = list(themes.values())
    places = {place.community_id for place in update["memberships"]}
    invited = {one.community_id: one for one in [*other.invitations, *kept.invitations]}
    update["invitations"] = [one for community, one in invited.items() if community not in places]
    return kept.model_copy(update=update)


def _without_ended_roles(record: Member, other: Member) -> Member:
    """The record as it counts. Who left with a role while the merge was decided does not have it again by the merge."""
    if record.active or not other.active:
        return record
    none = {"role": None, "role_until": None, "deputising": None}
    places = [place.model_copy(update=none) for place in record.memberships]
    return record.model_copy(update={"memberships": places, "steward": False, "steward_until": None, "planned": []})


def changed_by(before: Member, after: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as it was and as it is."""
    names = [n for n in (*_SINGLE, *KEYED, "former") if getattr(before, n) != getattr(after, n)]
    return before.model_dump(mode="json", include=set(names)), after.model_dump(mode="json", include=set(names))


def returned(member: Member, was: Mapping[str, Any], since: Mapping[str, Any]) -> dict[str, Any]:
    """What a member is again, of what a merge changed: what was changed once more since then stays as it is."""
    now = member.model_dump(mode="json", include=set(was))
    update: dict[str, Any] = {name: was[name] for name in was if name not in KEYED and now[name] == since[name]}
    for name, key in KEYED.items():
        if name in was:
            listed, before, after = (
                {key(one): one for one in getattr(_read(member, name, them), name)}
                for them in (now[name], was[name], since[name])
            )
            update[name] = _back(listed, before, after, _place_back if name == "memberships" else _whole)
    return update | {"planned": _planned_back(member, update)}


def _read(member: Member, name: str, listed: Any) -> Member:
    return Member.model_validate({**member.model_dump(), name: listed})


def _back(
    now: Mapping[Any, Any], was: Mapping[Any, Any], since: Mapping[Any, Any], one: Callable[[Any, Any, Any], Any]
) -> list[Any]:
    """The elements of now without what came by the merge; where it changed one, that is again what it was."""
    kept = [(key, mine) for key, mine in now.items() if key in was or key not in since]
    return [one(mine, was[key], since[key]) if key in was and key in since else mine for key, mine in kept] + [
        mine for key, mine in was.items() if key not in now and key not in since
    ]


def _whole(now: Any, was: Any, since: Any) -> Any:
    return was if now == since else now


def _place_back(now: contract.Membership, was: contract.Membership, since: contract.Membership) -> contract.Membership:
    """A place in a community, each thing by itself: who accepts rules after a merge keeps no role by it."""
    back: dict[str, Any] = {}
    for together in (ROLE, ("joined_at",), ("rules_accepted", "rules_accepted_at")):
        if all(getattr(now, name) == getattr(since, name) for name in together):
            back |= {name: getattr(was, name) for name in together}
    return now.model_copy(update=back)


def _planned_back(member: Member, update: Mapping[str, Any]) -> list[Planned]:
    """What is planned of the roles that stay as they are now; of the others, what was."""
    places: list[contract.Membership] = update.get("memberships", member.memberships)
    communities = {place.community_id for place in places}
    stay: set[str | None] = {
        one.community_id for one in places if _role(one) == _role(member.membership(one.community_id))
    }
    back = [one for one in update.get("planned", member.planned) if one.community_id in communities - stay]
    return [*(one for one in member.planned if one.community_id in stay | {None}), *back]


def _role(place: contract.Membership | None) -> list[Any]:
    return [getattr(place, name) for name in ROLE] if place else []


def _names(record: Member) -> list[dict[str, str]]:
    """What a record was known by, the oldest first."""
    former = record.former or contract.Former()
    now = {"number": record.number, "name": record.name, "email": record.address}
    known = [{**now, "number": one} for one in former.numbers]
    known += [{**now, "name": one} for one in former.names]
    return [*known, *({**now, "email": one} for one in former.emails), now]


def _memberships(kept: Member, other: Member) -> list[contract.Membership]:
    theirs = {place.community_id: place for place in other.memberships}
    both = [_place(place, theirs.pop(place.community_id, place)) for place in kept.memberships]
    return [*both, *theirs.values()]


def _place(one: contract.Membership, other: contract.Membership) -> contract.Membership:
    """The earlier joining, the role of either, and the newest rules that either accepted."""
    newest = max((one, other), key=lambda place: place.rules_accepted)
    return one.model_copy(
        update={
            **{name: getattr(_holder(one, other), name) for name in ("role", "role_until", "deputising")},
            "joined_at": min(one.joined_at, other.joined_at),
            "rules_accepted": newest.rules_accepted,
            "rules_accepted_at": newest.rules_accepted_at,
        }
    )


def _holder(one: contract.Membership, other: contract.Membership) -> contract.Membership:
    """Whose role counts: a leader in their own right before a deputy."""
    for place in (one, other):
        if place.role and place.deputising is None:
            return place
    return one if one.role or one.deputising else other


def _planned(kept: Member, other: Member) -> list[Planned]:
    """What begins or ends of the roles that count."""
    planned = [one for one in kept.planned if one.community_id is None]
    for record, against in ((kept, other), (other, kept)):
        for place in record.memberships:
            theirs = against.membership(place.community_id)
            first, second = (place, theirs) if record is kept else (theirs, place)
            if first is None or second is None or _holder(first, second) is place:
                planned += [one for one in record.planned if one.community_id == place.community_id]
    return planned


def _crossings(kept: Member, other: Member) -> list[contract.CrossingReached]:
    """Each crossing once, with the earlier proof."""
    first: dict[tuple[str, str], contract.CrossingReached] = {}
    for one in sorted([*kept.crossings, *other.crossings], key=lambda crossing: crossing.reached_at):
        first.setdefault((one.community_id, one.crossing), one)
    return list(first.values())

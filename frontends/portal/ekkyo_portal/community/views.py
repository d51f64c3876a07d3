"""What the pages of communities show, made from answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ekkyo.contracts.events import EventPage
from ekkyo.contracts.members import CommunityListed, CommunityPage, Member, Membership
from ekkyo.contracts.surveys import ThemeCount, ThemeRanking
from ekkyo.words.text import one_line, several_lines
from ekkyo.words.themes import Vocabulary, same, vocabulary_of

from ekkyo_portal.events import places
from ekkyo_portal.events import views as events
from ekkyo_portal.events.views import Card
from ekkyo_portal.look.marks import Mark, mark
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visitor import Visitor


@dataclass(frozen=True)
class Tile:
    """A community in a list. state: `leader`, `member`, `rules` (to be accepted again), `invited`, or empty."""

    mark: Mark
    community_id: str
    name: str
    objective: str
    members: int
    state: str


@dataclass(frozen=True)
class Communities:
    """The communities there are. None: the service is away. next: where the next page begins."""

    mine: Sequence[Tile]
    others: Sequence[Tile] | None
    next: str | None = None


@dataclass(frozen=True)
class Leader:
    """A leader, as every member may know them."""

    name: str
    department: str
    deputy: bool = False
    """Whether they stand in for another one."""


@dataclass(frozen=True)
class Wanted:
    """A theme that members want. followed: what the visitor follows that is the same theme; empty: nothing."""

    theme: str
    votes: int
    followed: str = ""


@dataclass(frozen=True)
class CommunityView:
    """A community's page."""

    mark: Mark
    community_id: str
    name: str
    charter: Sequence[tuple[str, str]]
    """Which part, and its text."""
    figures: Sequence[str]
    members: int
    leaders: tuple[Leader, ...]
    rules: str
    rules_version: int
    state: str
    """As in Tile."""
    since: str
    """Since when the visitor is in it."""
    invited_by: str
    """The leader who invited the visitor; empty when it was somebody else."""
    events: Sequence[Card] | None
    more: bool
    """Whether there are more events than are shown."""
    themes: tuple[Wanted, ...] | None
    most: int
    """How many asked for the theme that most asked for."""
    leads: bool
    followed: Sequence[str] = ()
    """Themes that the visitor follows here, beside those that are shown."""


def communities(
    member: Member | None, mine: CommunityPage | None, page: CommunityPage | None, *, first: bool
) -> Communities:
    """Those that somebody is invited to or in, then the others. first: this is the first page."""
    if member is None or page is None:
        return Communities([], None)
    own = mine.communities if mine else []
    known = {one.community.community_id for one in own}
    tiles = [_tile(one, member) for one in own] if first else []
    tiles.sort(key=lambda tile: tile.state != "invited")
    others = [_tile(one, member) for one in page.communities if one.community.community_id not in known]
    return Communities(tiles, others, page.next)


def _tile(listed: CommunityListed, member: Member) -> Tile:
    it = listed.community
    return Tile(
        mark(it),
        it.community_id,
        one_line(it.name),
        one_line(it.charter.objective, 140),
        listed.members,
        _state(listed, member),
    )


def _held(listed: CommunityListed, member: Member) -> Membership | None:
    return next((one for one in member.communities if one.community_id == listed.community.community_id), None)


def _state(listed: CommunityListed, member: Member) -> str:
    held = _held(listed, member)
    if held is None:
        invited = any(one.community_id == listed.community.community_id for one in member.invitations)
        return "invited" if invited else ""
    if held.rules_accepted < listed.community.rules_version:
        return "rules"
    return held.role or "member"


def community(
    reader: Reader,
    visitor: Visitor,
    listed: CommunityListed,
    member: Member,
    coming: EventPage | None,
    themes: ThemeRanking | None,
    most: int,
) -> CommunityView:
    """One community. most: how many events are shown."""
    it, words = listed.community, reader.words.community
    held = _held(listed, member)
    known = {card.member_id: card for card in listed.cards}
    invitation = next((one for one in member.invitations if one.community_id == it.community_id), None)
    inviter = known.get(invitation.invited_by) if invitation else None
    ahead = [one for one in coming.events if not places.is_over(one, reader.now)] if coming else []
    own = places.all_held(reader, coming)
    follows = [one.theme for one in member.follows if one.community_id == it.community_id]
    vocabulary = vocabulary_of(themes.vocabulary if themes else None)
    wanted = tuple(_wanted(one, follows, vocabulary) for one in themes.themes) if themes else ()
    parts = ("objective", "who", "what", "how")
    return CommunityView(
        mark=mark(it),
        community_id=it.community_id,
        name=one_line(it.name),
        charter=[(getattr(words, part), several_lines(getattr(it.charter, part))) for part in parts],
        figures=[one_line(figure) for figure in it.charter.figures],
        members=listed.members,
        leaders=tuple(
            Leader(one_line(card.name), one_line(card.department), card.member_id in listed.deputies)
            for card in listed.cards
        ),
        rules=several_lines(it.rules),
        rules_version=it.rules_version,
        state=_state(listed, member),
        since=reader.day(held.joined_at) if held else "",
        invited_by=one_line(inviter.name) if inviter else "",
        events=[replace(events.card(reader, one), held=own.get(one.event_id)) for one in ahead[:most]]
        if coming
        else None,
        more=len(ahead) > most,
        themes=wanted if themes else None,
        most=max((one.votes for one in themes.themes), default=1) if themes else 1,
        leads=visitor.may_lead(it.community_id),
        followed=[one for one in follows if one not in {it.followed for it in wanted}],
    )


def _wanted(one: ThemeCount, follows: Sequence[str], vocabulary: Vocabulary) -> Wanted:
    followed = next((theme for theme in follows if same(theme, one.theme, vocabulary)), "")
    return Wanted(one_line(one.theme), one.votes, followed)

"""A community: its name and looks, its rules and its charter."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, Self

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Instant
from ekkyo.decision import Decision, Document, Entry, Refused
from pydantic import Field, ModelWrapValidatorHandler, model_validator

LOGO: Final = "logo"
"""The key of a community's logo among its parts. No measure's key holds what stands between a measure and a day."""
RULES: Final = "rules/"
"""What the keys of earlier rules begin with. No measure's key has a slash."""
_UNTOLD: Final = ("small_logo", "rules_since", "report_due", "report_reminded")
ENDINGS: Final[dict[contract.LogoKind, str]] = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


class CommunityPart(Entry):
    """Something of a community that is stored beside it. What it is, its key says."""

    @model_validator(mode="wrap")
    @classmethod
    def _as_what_it_is(cls, row: Any, make: ModelWrapValidatorHandler[Self]) -> Any:
        """A row becomes what its key says; what is made as one of them stays it."""
        if cls is not CommunityPart or not isinstance(row, dict):
            return make(row)
        if row["key"].startswith(RULES):
            return EarlierRules.model_validate(row)
        return (Logo if row["key"] == LOGO else Reported).model_validate(row)


class Reported(CommunityPart):
    """A figure of one of its measures that was reported, of one day. Its key begins with the measure's."""

    measure: str
    on: date
    value: float | None = None
    """None: it was taken back."""
    reports: list[str] = []
    """The ids of the reports of this day, the newest last: one that is sent again changes nothing."""


class EarlierRules(CommunityPart):
    """Rules that were replaced. Its key ends in their version."""

    version: int
    text: str
    since: Instant | None = None
    """When they became the newest; None: that was not kept."""


class Logo(CommunityPart):
    """A community's logo, as it is shown. Empty once it is taken away."""

    kind: contract.LogoKind = "image/png"
    data: str = Field(default="", repr=False)
    """The file in base64: not every server that speaks MongoDB's protocol takes bytes."""
    small: str = Field(default="", repr=False)
    """As a small PNG, in base64; empty of a drawing."""

    @property
    def name(self) -> str:
        """A name that changes with the file, so that browsers may keep it, and that ends in its kind."""
        return f"{sha256(self.data.encode()).hexdigest()[:16]}.{ENDINGS[self.kind]}"


class Community(Document):
    """A community that people join."""

    name: str
    founded_as: str | None = None
    """The name that it was founded with, once it has another."""
    logo_url: str | None = None
    colour: str | None = None
    logo: str | None = None
    small_logo: str = Field(default="", repr=False)
    rules: str
    rules_version: int = 1
    rules_since: Instant | None = None
    """When these rules replaced earlier ones; None: they did not, or before that was kept."""
    charter: contract.Charter
    locale: contract.Locale
    timezone: str
    founded_at: datetime
    report_due: str | None = None
    """The newest month that its leaders were told to report to its sponsors."""
    report_reminded: str | None = None
    """The newest month that they were reminded of."""

    def told(self) -> contract.Community:
        """As everyone with a token may know it."""
        return contract.Community(community_id=self.id, **self.model_dump(exclude={"id", *_UNTOLD}))

    def next_told(self) -> contract.Community:
        """As the fact that makes this change known tells it."""
        return self.told().model_copy(update={"revision": self.revision + 1})


def found(
    community: Community | None, cmd: contract.FoundCommunity, *, now: datetime
) -> Decision[Community, contract.Community]:
    """Found a community, unless this very one stands already."""
    if community is not None:
        if not _founded_by(community, cmd):
            raise Refused("community_exists", "Another community already has this id.")
        return Decision(community, answer=community.told())
    community = Community(
        id=cmd.community_id, founded_at=now, **cmd.model_dump(exclude={"community_id", "charter"}), charter=cmd.charter
    )
    told = community.next_told()
    return Decision(
        community, answer=told, facts=[contract.CommunityFounded(community_id=community.id, community=told)]
    )


def revise_charter(
    community: Community, cmd: contract.ReviseCharter, *, now: datetime
) -> Decision[Community, contract.Community]:
    """Change the charter, the rules, or both. Changed rules get the next version; the earlier text is kept."""
    changes: dict[str, object] = {}
    earlier: list[EarlierRules] = []
    if cmd.charter is not None and cmd.charter != community.charter:
        changes["charter"] = cmd.charter
    if cmd.rules is not None and cmd.rules != community.rules:
        changes |= {"rules": cmd.rules, "rules_version": community.rules_version + 1, "rules_since": now}
        since = community.rules_since or (community.founded_at if community.rules_version == 1 else None)
        version, key = community.rules_version, f"{RULES}{community.rules_version:06}"
        was = EarlierRules(document_id=community.id, key=key, version=version, text=community.rules, since=since)
        earlier.append(was)
    if not changes:
        return Decision(community, answer=community.told())
    revised = community.model_copy(update=changes)
    told = revised.next_told()
    return Decision(
        revised,
        answer=told,
        entries=earlier,
        facts=[contract.CharterRevised(community_id=revised.id, community=told, small_logo=revised.small_logo)],
    )


def revise(
    community: Community, cmd: contract.ReviseCommunity, logo: Logo | None
) -> Decision[Community, contract.Community]:
    """Change the name, the colour, the logo. logo: the file that the command holds, as it is kept."""
    changes: dict[str, str | None] = {}
    name, small = (logo.name, logo.small) if logo else (None, "")
    if cmd.name is not None and cmd.name != community.name:
        changes |= {"name": cmd.name, "founded_as": community.founded_as or community.name}
    if cmd.colour is not None and (cmd.colour or None) != community.colour:
        changes["colour"] = cmd.colour or None
    if cmd.logo_file is not None and (name, small) != (community.logo, community.small_logo):
        changes |= {"logo": name, "small_logo": small}
    if not changes:
        return Decision(community, answer=community.told())
    revised = community.model_copy(update=changes)
    told = revised.next_told()
    return Decision(
        revised,
        answer=told,
        entries=[logo or Logo(document_id=community.id, key=LOGO)] if "logo" in changes else [],
        facts=[contract.CommunityRevised(community_id=revised.id, community=told, small_logo=revised.small_logo)],
    )


def logo_file(community: Community | None, logo: CommunityPart | None) -> contract.LogoFile:
    """The logo as it is told."""
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    if not isinstance(logo, Logo) or not logo.data:
        raise Refused("logo_not_found", "This community has no logo.")
    return contract.LogoFile(community_id=community.id, logo=logo.name, kind=logo.kind, data=logo.data)


def _founded_by(community: Community, cmd: contract.FoundCommunity) -> bool:
    """Whether this is the command that founded it; name, charter and rules may have been revised since."""
    lasting = ("logo_url", "locale", "timezone")
    revisable = ("rules", "charter") if community.revision <= 1 else ()
    same = all(getattr(community, name) == getattr(cmd, name) for name in lasting + revisable)
    return same and (community.founded_as or community.name) == cmd.name

"""Who visits, and who may open a page."""

from dataclasses import dataclass
from enum import Enum

from ekkyo.contracts.members import Locale


@dataclass(frozen=True)
class Visitor:
    """The member who is signed in, as the members service knows them now.

    only: the event whose page a link in a mail opened for them. Such a visitor may do nothing else.
    """

    member_id: str
    name: str
    locale: Locale
    timezone: str
    leads: frozenset[str] = frozenset()
    communities: frozenset[str] = frozenset()
    steward: bool = False
    only: str | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that their token has. A link in a mail gives none: it opens what any member may do."""
        if self.only is not None:
            return frozenset()
        return frozenset({f"leader:{one}" for one in self.leads} | ({"steward"} if self.steward else set()))

    def may_lead(self, community_id: str) -> bool:
        """Whether the pages of this community's leaders are for them."""
        return self.only is None and (self.steward or community_id in self.leads)


class Who(Enum):
    """Who may open a page. What they may do there, the services decide again."""

    EVERYBODY = "everybody"
    """Without signing in."""
    HOLDERS = "holders"
    """Members, and those whom a link in a mail opened this event's page."""
    MEMBERS = "members"
    HOSTS = "hosts"
    """Those who run the event: its leaders, stewards, and members who host it. The page finds out which."""
    LEADERS = "leaders"
    """Leaders of any community, and stewards."""
    STEWARDS = "stewards"

    def admits(self, visitor: Visitor | None, event_id: str | None = None) -> bool:
        """Whether this visitor may open such a page; event_id: the event that the page is about."""
        if self is Who.EVERYBODY:
            return True
        if visitor is None:
            return False
        if visitor.only is not None:
            return self is Who.HOLDERS and visitor.only == event_id
        if self is Who.LEADERS:
            return visitor.steward or bool(visitor.leads)
        return self is not Who.STEWARDS or visitor.steward

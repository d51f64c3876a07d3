"""How a community is recognised: its logo, or the first letter of its name in its colour."""

from dataclasses import dataclass

from ekkyo.contracts.members import Community, CommunityPage
from ekkyo.words.text import one_line

from ekkyo_portal.look.colours import OURS, colour


@dataclass(frozen=True)
class Mark:
    """A community as pages show it beside its name. src: where its logo is; empty when it has none."""

    community_id: str
    name: str
    colour: str
    src: str

    @property
    def initial(self) -> str:
        """The first letter of its name."""
        return self.name[:1].upper()

    @property
    def accent(self) -> str:
        """Where the styles of its colour are; empty when they are the usual ones."""
        return "" if self.colour == OURS else f"/accent/{self.colour[1:]}.css"


def mark(community: Community, *, letter: bool = False) -> Mark:
    """A community's mark. letter: without its logo, which only those can load who are signed in."""
    src = f"/c/{community.community_id}/logo/{community.logo}" if community.logo and not letter else ""
    return Mark(community.community_id, one_line(community.name), colour(community.colour), src)


def marks(page: CommunityPage | None, *, letters: bool = False) -> dict[str, Mark]:
    """The marks of these communities by id; of none while the service is away."""
    them = page.communities if page else []
    return {one.community.community_id: mark(one.community, letter=letters) for one in them}

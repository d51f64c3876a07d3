"""Groups: communities for which the operator named a group of the directory. Whoever is in the group is in them."""

import asyncio
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import FindProvisioned, JoinCommunity, LeaveCommunity
from pydantic import ValidationError
from scim2_models import (
    ForbiddenException,
    Group,
    InvalidValueException,
    Meta,
    MutabilityException,
    NotFoundException,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import SearchPage

from ekkyo_portal.scim.asking import Asks
from ekkyo_portal.scim.described import MOST
from ekkyo_portal.scim.users import PAGE

AT_ONCE: Final = 20
"""Commands that are sent at once."""


class Groups:
    """The groups that one caller sees. named: the ids of communities by the names of groups."""

    def __init__(self, caller: Asks, named: Mapping[str, str]) -> None:
        self._caller, self._named = caller, named

    async def get(self, community_id: str, parameters: ResponseParameters[Any] | None = None) -> Group:
        """One group, with its members where they are asked for. Raises NotFoundException."""
        name = next((name for name, id in self._named.items() if id == community_id), None)
        if name is None:
            raise NotFoundException(detail="There is no group with this id.")
        members = await self._members(community_id) if _wants_members(parameters) else None
        return told(name, community_id, members)

    async def search(self, request: SearchRequest[Any]) -> SearchPage:
        """A page of the groups that meet a filter; there are as many as were named."""
        filtered = "members" in str(request.filter or "").lower()
        whole = filtered or _wants_members(request)
        ids = self._named.values()
        groups = await asyncio.gather(*(self.get(id) if whole else self.get(id, request) for id in ids))
        found = [one for one in groups if request.filter is None or request.filter.match(one)]
        start = (request.start_index or 1) - 1
        limit = PAGE if request.count is None else min(request.count, MOST)
        return SearchPage(len(found), list(found[start : start + limit]))

    async def create(self, group: Group) -> Group:
        """Connect a group with the community that was named for it, and have its people join."""
        community_id = self._named.get(group.display_name or "")
        if community_id is None:
            raise ForbiddenException(
                detail="No community is named for this group. The operator names one in EKKYO_SCIM_GROUPS."
            )
        have = await self._members(community_id)
        await self._join(community_id, _ids(group) - have)
        return await self.get(community_id)

    async def update(self, group: Group) -> Group:
        """Have those join who are new in the group, and those leave who are in it no more."""
        community_id = str(group.id)
        name = (await self.get(community_id, ResponseParameters[Group](attributes=["displayName"]))).display_name
        if group.display_name != name:
            raise MutabilityException(
                detail="A group keeps its displayName: the operator changes it in EKKYO_SCIM_GROUPS."
            )
        wanted, have = _ids(group), await self._members(community_id)
        await self._join(community_id, wanted - have)
        await self._each(LeaveCommunity(member_id=one, community_id=community_id) for one in have - wanted)
        return await self.get(community_id)

    async def _members(self, community_id: str) -> set[str]:
        """The provisioned people in a community."""
        found: set[str] = set()
        while True:
            question = FindProvisioned(community_id=community_id, start=len(found) + 1, limit=MOST)
            page = await self._caller.ask(question)
            found |= {person.member_id for person in page.members}
            if len(page.members) < MOST:
                return found

    async def _join(self, community_id: str, ids: set[str]) -> None:
        """Have people join. Who has left the company does not, and that is no mistake of the directory's."""
        if not ids:
            return
        known = await self._known(ids)
        if unknown := ids - known.keys():
            raise InvalidValueException(detail=f"There are no users with {len(unknown)} of these ids.")
        joining = (JoinCommunity(member_id=one, community_id=community_id) for one, active in known.items() if active)
        await self._each(joining)

    async def _known(self, ids: set[str]) -> dict[str, bool]:
        """Which of these are users, and whether each is active."""
        known: dict[str, bool] = {}
        listed = sorted(ids)
        for some in (listed[n : n + MOST] for n in range(0, len(listed), MOST)):
            try:
                page = await self._caller.ask(FindProvisioned(member_ids=some, limit=MOST))
            except ValidationError:
                raise InvalidValueException(detail="One of these ids cannot be one of a user.") from None
            known |= {person.member_id: person.active for person in page.members}
        return known

    async def _each(self, commands: Iterable[JoinCommunity | LeaveCommunity]) -> None:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(command: JoinCommunity | LeaveCommunity) -> None:
            async with free:
                try:
                    await self._caller.send(command)
                except Refused as why:
                    if why.code != "member_inactive":  # left a moment ago
                        raise

        await asyncio.gather(*(one(command) for command in commands))


def told(name: str, community_id: str, members: set[str] | None) -> Group:
    """A community as a group. Its ETag is that of its members, where they are known."""
    meta = Meta(resource_type="Group")
    group = Group(id=community_id, display_name=name, meta=meta)
    if members is not None:
        listed = sorted(members)
        group.members = [_member(one) for one in listed] or None
        meta.version = f'W/"{sha256(" ".join(listed).encode()).hexdigest()[:16]}"'
    return group


def _member(member_id: str) -> Any:
    return Group.Members(value=member_id, ref=f"Users/{member_id}", type="User")  # type: ignore[call-arg]


def _ids(group: Group) -> set[str]:
    return {one.value for one in group.members or [] if one.value}


def _wants_members(parameters: ResponseParameters[Any] | None) -> bool:
    """Whether a response has the members: a large community's are not read for nothing."""
    if parameters is None:
        return True
    excluded = [str(one).rpartition(":")[2].lower() for one in parameters.excluded_attributes or []]
    included = [str(one).rpartition(":")[2].lower() for one in parameters.attributes or []]
    if included:
        return any(one.partition(".")[0] == "members" for one in included)
    return "members" not in excluded

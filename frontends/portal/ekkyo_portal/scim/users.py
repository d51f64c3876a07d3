"""Users: members whom the directory provisions."""

import asyncio
from typing import Any, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.members import DeprovisionMember, FindProvisioned, Provisioned, ProvisionMember
from pydantic import ValidationError
from scim2_models import (
    InvalidValueException,
    Meta,
    NotFoundException,
    Resource,
    SearchRequest,
    TooManyException,
    UniquenessException,
)
from scim2_server.storage import SearchPage

from ekkyo_portal.scim import filters
from ekkyo_portal.scim.asking import Asks
from ekkyo_portal.scim.described import MOST, Email, EnterpriseUser, User
from ekkyo_portal.scim.refused import NUMBER_MISSING, invalid

UNKNOWN: Final = "?"
"""The department of whom the directory says none."""
PAGE: Final = 100
"""Resources on a page where the request does not say."""
READ: Final = 20_000
"""So many users are read for a filter that is no question of the members service."""
CONDITIONS: Final = 20
"""So many conditions such a filter has at most: each of them is compared with everybody."""


class Users:
    """The users that one caller sees."""

    def __init__(self, caller: Asks, model: type[User[EnterpriseUser]], comparing: asyncio.Lock) -> None:
        """comparing: held while everybody is compared with a filter: that takes seconds, beside everybody's pages."""
        self._caller, self._model, self._comparing = caller, model, comparing

    async def get(self, member_id: str) -> User[EnterpriseUser]:
        """One user. Raises NotFoundException."""
        return self.told(await self._person(member_id))

    async def search(self, request: SearchRequest[Any]) -> SearchPage:
        """A page of the users who meet a filter."""
        limit = PAGE if request.count is None else min(request.count, MOST)
        start, node = request.start_index or 1, request.filter.ast if request.filter else None
        if node and not filters.is_a_question(node):
            if filters.conditions(node) > CONDITIONS:
                raise TooManyException(
                    detail=f"At most {CONDITIONS} conditions are compared with all users. {filters.SUPPORTED}"
                )
            async with self._comparing:
                return await self._compared(request, start, limit)
        question = filters.asked(node, start, limit)
        if question is None:
            return SearchPage(0, [])
        page = await self._caller.ask(question)
        return SearchPage(page.total, [self.told(person) for person in page.members])

    async def _compared(self, request: SearchRequest[Any], start: int, limit: int) -> SearchPage:
        """A page of those who meet a filter that is no question: everybody is read, page by page."""
        met: list[Resource[Any]] = []
        first, total = 1, 1
        while first <= total:
            page = await self._caller.ask(FindProvisioned(start=first, limit=MOST))
            if (total := page.total) > READ:
                raise TooManyException(
                    detail=f"Of more than {READ} users, only these can be searched: {filters.SUPPORTED}"
                )
            users = [self.told(person) for person in page.members]
            met += [user for user in users if request.filter is None or request.filter.match(user, strict=True)]
            first += MOST
        return SearchPage(len(met), met[start - 1 : start - 1 + limit])

    async def create(self, user: User[EnterpriseUser]) -> User[EnterpriseUser]:
        """Register a person, or take over a member who came in another way and has this number."""
        wish = wanted(user, None)
        by_name, by_number = await asyncio.gather(
            self._caller.ask(FindProvisioned(user_name=wish.user_name, limit=1)),
            self._caller.ask(FindProvisioned(number=wish.number, limit=1)),
        )
        if by_name.members:
            raise UniquenessException(detail="There is a user with this userName already.")
        if by_number.members:
            raise UniquenessException(detail="There is a user with this employeeNumber already.")
        return self.told(await self._caller.send(wish))

    async def update(self, user: User[EnterpriseUser], expected_version: str | None) -> User[EnterpriseUser]:
        """Apply what the directory says of a known person."""
        person = await self._person(str(user.id))
        revision = revision_of(expected_version) if expected_version else None
        return self.told(await self._caller.send(wanted(user, person).model_copy(update={"revision": revision})))

    async def delete(self, member_id: str, expected_version: str | None) -> None:
        """The directory has this person no longer: they are deactivated, and told of no more."""
        revision = revision_of(expected_version) if expected_version else None
        await self._caller.send(DeprovisionMember(member_id=member_id, revision=revision))

    def told(self, person: Provisioned) -> User[EnterpriseUser]:
        """A member as a user."""
        user = self._model(
            id=person.member_id,
            external_id=person.external_id,
            user_name=person.user_name,
            display_name=person.name,
            active=person.active,
            emails=[Email(value=person.email, type=Email.Type.work, primary=True)],
            meta=Meta(resource_type="User", created=person.created_at, version=version_of(person.revision)),
        )
        department = None if person.department == UNKNOWN else person.department
        user[EnterpriseUser] = EnterpriseUser(employee_number=person.number, department=department)
        return user

    async def _person(self, member_id: str) -> Provisioned:
        try:
            question = FindProvisioned(member_ids=[member_id], limit=1)
        except ValidationError:
            raise not_found() from None
        page = await self._caller.ask(question)
        if not page.members:
            raise not_found()
        person: Provisioned = page.members[0]
        return person


def not_found() -> NotFoundException:
    """Nobody has this id, or the directory does not provision them."""
    return NotFoundException(detail="There is no user with this id.")


def wanted(user: User[EnterpriseUser], person: Provisioned | None) -> ProvisionMember:
    """What the directory says, as a command. person: as they are. Raises InvalidValueException."""
    known = user[EnterpriseUser] or EnterpriseUser()
    number = known.employee_number or (person.number if person else None)
    if not number:
        raise InvalidValueException(detail=NUMBER_MISSING)
    try:
        return ProvisionMember(
            number=number,
            user_name=user.user_name or "",
            external_id=user.external_id,
            name=user.display_name or "",
            email=address(user.emails or [], person.email if person else "") or "",
            department=known.department or UNKNOWN,
            active=user.active is not False,
            locale=language(user.preferred_language) or language(user.locale),
            timezone=zone(user.timezone),
        )
    except ValidationError as error:
        raise invalid(error) from None


def address(emails: list[Email], current: str) -> str | None:
    """The address that is meant: one that is new, at work rather than elsewhere, the last that was said."""
    at_work = [one for one in emails if (one.type or "work").lower() == "work"] or emails
    values = [one.value for one in at_work if one.value]
    new = [value for value in values if value.lower() != current]
    return (new or values)[-1] if values else None


def language(text: str | None) -> Any:
    """`ja` or `en` of what a directory says, such as `ja-JP` or `en_US`; None: another one."""
    tongue = (text or "").replace("_", "-").partition("-")[0].lower()
    return tongue if tongue in ("ja", "en") else None


def zone(text: str | None) -> str | None:
    """A time zone that there is; a directory's own names of them say nothing here."""
    try:
        return ZoneInfo(text).key if text and "/" in text else None
    except (ValueError, OSError, KeyError):
        return None


def version_of(revision: int) -> str:
    """The ETag of a revision."""
    return f'W/"{revision}"'


def revision_of(version: str) -> int:
    """The revision in an ETag of ours."""
    return int(version.removeprefix("W/").strip('"'))

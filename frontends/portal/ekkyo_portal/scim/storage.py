"""Where the SCIM server reads and writes: users and groups, by the services, for one caller."""

import asyncio
from collections.abc import Mapping
from typing import Any

from scim2_models import (
    ForbiddenException,
    NotImplementedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from ekkyo_portal.scim.asking import Asks
from ekkyo_portal.scim.groups import Groups
from ekkyo_portal.scim.users import Users


class Services(AsyncScimStorage):
    """Asks and sends for each operation. It keeps nothing."""

    def __init__(self, caller: Asks, user: type[Any], groups: Mapping[str, str], comparing: asyncio.Lock) -> None:
        self._users, self._groups = Users(caller, user, comparing), Groups(caller, groups)

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        if resource_type.name == "User":
            return await self._users.get(resource_id)
        return await self._groups.get(resource_id, response_parameters)

    async def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        if len(resource_types) > 1:
            raise NotImplementedException(detail="Search in /Users or in /Groups.")
        if resource_types[0].name == "User":
            return await self._users.search(search_request)
        return await self._groups.search(search_request)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if resource_type.name == "User":
            return await self._users.create(resource)  # type: ignore[arg-type]
        return await self._groups.create(resource)  # type: ignore[arg-type]

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        if resource_type.name == "User":
            return await self._users.update(resource, expected_version)  # type: ignore[arg-type]
        return await self._groups.update(resource)  # type: ignore[arg-type]

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        if resource_type.name != "User":
            raise ForbiddenException(
                detail="A community is not deleted by a directory. The operator disconnects it in EKKYO_SCIM_GROUPS."
            )
        await self._users.delete(resource_id, expected_version)

"""A members service in memory, for the tests of SCIM: it decides as the real one does."""

from typing import Any

import httpx
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo_members import model
from ekkyo_portal.scim.mount import Scim
from ekkyo_portal.web.measured import Measured
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from tests.members.people import NOW, founding

URL = "https://ekkyo.example.com"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class MembersInMemory:
    """Speaks as the connection of a portal does. away: how the service answers in place of itself."""

    def __init__(self) -> None:
        self.members: dict[str, model.Member] = {}
        self.facts: list[Any] = []
        self.tokens: list[str] = []
        self.away: Refused | None = None
        self.meanwhile: list[Any] = []
        """What others do before the next command, once each."""

    def with_token(self, token: str) -> "MembersInMemory":
        self.tokens.append(token)
        return self

    async def ask(self, question: contract.FindProvisioned, *, within: float = 15) -> contract.ProvisionedPage:
        if self.away:
            raise self.away
        people = sorted((m for m in self.members.values() if self._meets(m, question)), key=lambda m: m.number)
        page = people[question.start - 1 :][: question.limit]
        told = [model.told_to_directory(m) for m in page]
        return contract.ProvisionedPage(members=told, total=len(people), start=question.start)

    async def send(self, command: Any, *, within: float = 15) -> Any:
        if self.away:
            raise self.away
        if self.meanwhile:
            self.meanwhile.pop(0)(self)
        match command:
            case contract.ProvisionMember():
                known = next((m for m in self.members.values() if m.number == command.number), None)
                for m in self.members.values():
                    if m is not known and m.address == command.email:
                        raise Refused("email_taken", "Another record already has the same email.", 409)
                return self.keep(model.provision(known, command, now=NOW))
            case contract.DeprovisionMember():
                return self.keep(model.deprovision(self.members[command.member_id], command.revision))
            case contract.JoinCommunity():
                member, community = (
                    self.members[command.member_id],
                    COMMUNITY.model_copy(update={"id": command.community_id}),
                )
                return self.keep(model.join(member, community, who=DIRECTORY, now=NOW))
            case contract.LeaveCommunity():
                return self.keep(model.leave(self.members[command.member_id], command.community_id))
        raise AssertionError(command)

    def keep(self, decided: Any) -> Any:
        """Save what was decided."""
        before = self.members.get(decided.document.id)
        if decided.document != before:
            self.members[decided.document.id] = decided.document.model_copy(
                update={"revision": decided.document.revision + 1}
            )
        self.facts += decided.facts
        return decided.answer

    def _meets(self, member: model.Member, asked: contract.FindProvisioned) -> bool:
        named = {"external_id", "number", "name", "department", "active"}
        return (
            member.directory is not None
            and all(getattr(asked, one) in (None, getattr(member, one)) for one in named)
            and asked.email in (None, member.address)
            and (asked.user_name is None or asked.user_name.casefold() == member.user_name)
            and (asked.member_ids is None or member.id in asked.member_ids)
            and (asked.community_id is None or asked.community_id in member.communities)
        )


DIRECTORY = Caller("scim", frozenset({"system"}))
COMMUNITY = model.found(None, founding("c1"), now=NOW).document


class Believes:
    """Believes every token, of whichever role stands in it."""

    def caller(self, authorization: str | None, operation: str | None = None) -> Caller:
        if not authorization:
            raise Refused("token_missing", "Send a token: Authorization: Bearer …", 401)
        return Caller("scim", frozenset(authorization.split()[1:]))


def door(ekkyo: Any, tokens: Any = None) -> Starlette:
    """The SCIM door alone, for a group of each of two communities."""
    scim = Scim(ekkyo, tokens or Believes(), Measured(CollectorRegistry()), URL, {"SG-IT": "c1", "SG-English": "c2"})
    return Starlette(routes=[scim.route])


def directory(application: Any) -> httpx.AsyncClient:
    """A directory that sends its requests to this application."""
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    headers = {"authorization": "Bearer system", "content-type": "application/scim+json"}
    return httpx.AsyncClient(transport=transport, base_url=f"{URL}/scim/v2", headers=headers)

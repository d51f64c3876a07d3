"""What SCIM asks and sends with, and what tells it who does."""

from typing import Any, Protocol

from ekkyo.contracts.base import Caller, Command, Question


class Asks(Protocol):
    """Asks and sends with the directory's token. Raises Refused."""

    async def ask(self, question: Question[Any], *, within: float = ...) -> Any: ...
    async def send(self, command: Command[Any], *, within: float = ...) -> Any: ...


class Speaks(Protocol):
    """A connection that speaks for the holder of a token."""

    def with_token(self, token: str) -> Any: ...


class Knows(Protocol):
    """Tells the caller from an `Authorization` header. Raises Refused."""

    def caller(self, authorization: str | None, operation: str | None = None) -> Caller: ...

"""Asks and sends over NATS, each time with a short token of the member who visits."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Command, Question, Refused
from pydantic import BaseModel

from ekkyo_portal.web.visitor import Visitor

A = TypeVar("A", bound=BaseModel)
TokenOf = Callable[[Visitor], str]
"""The bearer token that speaks for a visitor."""


class OverNats:
    """What a visit asks with."""

    def __init__(self, ekkyo: Ekkyo, token_of: TokenOf) -> None:
        self._ekkyo, self._token_of = ekkyo, token_of

    def ask(self, visitor: Visitor | None, question: Question[A], within: float) -> Awaitable[A]:
        """The answer. Raises Refused."""
        return self._for(visitor).ask(question, within=within)

    def send(self, visitor: Visitor | None, command: Command[A], within: float) -> Awaitable[A]:
        """What came of it. Raises Refused."""
        return self._for(visitor).send(command, within=within)

    def _for(self, visitor: Visitor | None) -> Ekkyo:
        if visitor is None:
            raise Refused("token_missing", "Sign in first.", 401)
        return self._ekkyo.with_token(self._token_of(visitor))

"""Asks and sends over NATS, each time with a short token of the member who visits."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Command, Question, Refused
from ekkyo.wire import ERROR_CODE, read_reply
from pydantic import BaseModel

from ekkyo_portal.memo import Memo
from ekkyo_portal.web.visitor import Visitor

A = TypeVar("A", bound=BaseModel)
TokenOf = Callable[[Visitor], str]
"""The bearer token that speaks for a visitor."""
READ: Final = 8 * 2**20
"""Bytes of answers, read, that are kept for the same reply: the services are asked every time."""
LARGER: Final = 8
"""How many times as large an answer is as its reply, about."""


class OverNats:
    """What a visit asks with."""

    def __init__(self, ekkyo: Ekkyo, token_of: TokenOf) -> None:
        self._ekkyo, self._token_of, self._answers = ekkyo, token_of, Answers()

    def ask(self, visitor: Visitor | None, question: Question[A], within: float) -> Awaitable[A]:
        """The answer. Raises Refused."""
        return self._for(visitor).ask(question, within=within)

    def send(self, visitor: Visitor | None, command: Command[A], within: float) -> Awaitable[A]:
        """What came of it. Raises Refused."""
        return self._for(visitor).send(command, within=within)

    def _for(self, visitor: Visitor | None) -> Ekkyo:
        if visitor is None:
            raise Refused("token_missing", "Sign in first.", 401)
        return self._ekkyo.with_token(self._token_of(visitor), read=self._answers.read)


class Answers:
    """Reads replies. One that is the same as another, byte for byte, is the same answer: nobody changes answers."""

    def __init__(self, most: int = READ) -> None:
        self._memo = Memo(most)

    def read(self, answer: type[A], headers: Mapping[str, str] | None, body: bytes) -> A:
        """The answer in a reply. Raises Refused."""
        if headers and ERROR_CODE in headers:
            return read_reply(answer, headers, body)
        size = (1 + LARGER) * len(body)
        return self._memo.of((answer, body), lambda: read_reply(answer, None, body), lambda _: size)

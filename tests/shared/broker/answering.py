"""A service that answers one command, and how its answers read."""

import json
from collections.abc import Callable
from typing import Any

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import Registration, WithdrawFromEvent

SUBJECT = WithdrawFromEvent.subject
BODY = json.dumps({"event_id": "e-1", "member_id": "m-2"}).encode()


def answering(work: Callable[[WithdrawFromEvent], Any] | None = None) -> Router:
    router = Router()

    @router.subscriber(**asked(WithdrawFromEvent))
    async def withdraw(cmd: WithdrawFromEvent, who: Who) -> Registration:
        """Give a seat back."""
        if work:
            await work(cmd)
        return Registration(event_id=cmd.event_id, member_id=who.sub, status="withdrawn")

    return router


def problem(reply: Any) -> tuple[str, str]:
    return reply.headers["Nats-Service-Error-Code"], json.loads(reply.data)["code"]

"""What the client does when it is told to stop."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace

from ekkyo.client import Ekkyo
from ekkyo.contracts.events import GetEvent
from ekkyo.wire import ERROR, ERROR_CODE


async def _forgetful(*_: object, **__: object) -> SimpleNamespace:
    """A request that forgets a cancellation which comes with the answer, as `asyncio.wait_for` does in Python 3.11."""
    task = asyncio.current_task()
    assert task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    return SimpleNamespace(headers={ERROR_CODE: "404", ERROR: "event_not_found"}, data=b"{}")


async def test_who_is_cancelled_while_the_answer_comes_is_cancelled() -> None:
    ekkyo = Ekkyo.connect(environment={})
    ekkyo.nc = SimpleNamespace(request=_forgetful)  # type: ignore[assignment]
    asking = asyncio.create_task(ekkyo.ask(GetEvent(event_id="e1")))
    await asyncio.wait([asking])
    assert asking.cancelled()

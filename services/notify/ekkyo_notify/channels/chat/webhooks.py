"""Hands JSON over to incoming webhooks."""

import logging
import time
from typing import Any

import httpx
from pydantic import SecretStr

from ekkyo_notify.channels import Never, NotNow


class Webhooks:
    """Posts to webhooks. Their addresses are secrets: none is logged, kept in an error, or followed on."""

    def __init__(self, *, timeout: float = 10, transport: httpx.AsyncBaseTransport | None = None) -> None:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log whole URLs below that
        self._client = httpx.AsyncClient(timeout=timeout, follow_redirects=False, transport=transport, trust_env=False)
        self._not_before: dict[str, float] = {}

    async def send(self, connection_id: str, url: SecretStr, body: dict[str, Any]) -> None:
        """Post. Raises NotNow (no connection, 5xx, 429 for as long as it asks) or Never (any other refusal)."""
        wait = self._not_before.get(connection_id, 0.0) - time.monotonic()
        if wait > 0:
            raise NotNow("chat 429", after=wait)
        self._not_before.pop(connection_id, None)
        trouble: NotNow | Never | None = None
        status, retry_after = 0, ""
        try:
            async with self._client.stream("POST", url.get_secret_value(), json=body) as response:
                status, retry_after = response.status_code, response.headers.get("retry-after", "")
        except httpx.TimeoutException:
            trouble = NotNow("chat_timeout")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError, ValueError):
            trouble = Never("chat_address_invalid")
        except (httpx.HTTPError, OSError):
            trouble = NotNow("chat_unreachable")
        if trouble is None:
            trouble = self._answered(connection_id, status, retry_after)
        if trouble:  # raised out here: httpx's exceptions carry the request, and with it the address
            raise trouble

    def _answered(self, connection_id: str, status: int, retry_after: str) -> NotNow | Never | None:
        if 200 <= status < 300:
            return None
        if status == 429:
            after = min(float(retry_after), 3600.0) if retry_after.isdigit() else 1.0
            self._not_before[connection_id] = time.monotonic() + after
            return NotNow("chat 429", after=after)
        if status >= 500 or status == 408:
            return NotNow(f"chat {status}")
        return Never(f"chat {status}")

    async def close(self) -> None:
        await self._client.aclose()

"""Hands JSON over to incoming webhooks: at allowed hosts, at checked addresses, and followed nowhere else."""

import json
import logging
import time
from typing import Any

import httpcore
from pydantic import SecretStr

from ekkyo_notify.channels import Never, NotNow
from ekkyo_notify.channels.chat.network import CheckedNetwork, Refused
from ekkyo_notify.model import ChatHosts

logger = logging.getLogger("ekkyo.notify")


class Webhooks:
    """Posts to webhooks. Their addresses are secrets: none is logged, kept in an error, or followed on.

    What a chat answered is for the log alone: members learn that it took a post, or not, and never the status, which
    would tell them what stands at an address that they chose.
    """

    def __init__(self, hosts: ChatHosts, *, timeout: float = 10, network: CheckedNetwork | None = None) -> None:
        for name in ("httpcore.connection", "httpcore.http11"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log whole URLs below that
        self._hosts = hosts
        self._pool = httpcore.AsyncConnectionPool(network_backend=network or CheckedNetwork(hosts.is_inside))
        self._timeout = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        self._not_before: dict[str, float] = {}

    async def send(self, connection_id: str, url: SecretStr, body: dict[str, Any]) -> None:
        """Post. Raises NotNow (no connection, 5xx, 429 for as long as it asks) or Never (any other refusal)."""
        wait = self._not_before.get(connection_id, 0.0) - time.monotonic()
        if wait > 0:
            raise NotNow("chat_busy", after=wait)
        self._not_before.pop(connection_id, None)
        address = url.get_secret_value()
        if not self._hosts.allows(address):
            raise Never("chat_host_not_allowed")
        trouble: NotNow | Never | None = None
        status, retry_after = 0, ""
        try:
            async with self._pool.stream(
                "POST",
                address,
                headers={"Content-Type": "application/json", "User-Agent": "ekkyo"},
                content=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
                extensions={"timeout": self._timeout},
            ) as response:
                status = response.status
                headers = {name.lower(): value for name, value in response.headers}
                retry_after = headers.get(b"retry-after", b"").decode("ascii", "replace")
        except Refused:
            trouble = Never("chat_host_not_allowed")
        except httpcore.TimeoutException:
            trouble = NotNow("chat_timeout")
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, ValueError):
            trouble = Never("chat_address_invalid")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            trouble = NotNow("chat_unreachable")
        if trouble is None:
            trouble = self._answered(connection_id, status, retry_after)
        if trouble:  # raised out here: the exceptions above may carry the request, and with it the address
            raise trouble

    def _answered(self, connection_id: str, status: int, retry_after: str) -> NotNow | Never | None:
        if 200 <= status < 300:
            return None
        logger.info("a chat refused a message", extra={"connection": connection_id, "status": status})
        if status == 429:
            after = min(float(retry_after), 3600.0) if retry_after.isdigit() else 1.0
            self._not_before[connection_id] = time.monotonic() + after
            return NotNow("chat_busy", after=after)
        return NotNow("chat_unavailable") if status >= 500 or status == 408 else Never("chat_refused")

    async def close(self) -> None:
        await self._pool.aclose()

"""Browsers for a benchmark: requests over connections that stay open, with as little work for each as possible."""

import asyncio
import gzip
import re
import time
import zlib
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass

from ekkyo.installation.embedded import LOOPBACK

ACCEPTED = "accept-encoding: gzip\r\naccept: text/html\r\n"
FIRST = 200
"""Characters of an event that are looked at."""
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


@dataclass(frozen=True)
class Page:
    """An answer. sent: bytes of its body as it was sent."""

    status: int
    text: str
    sent: int

    @property
    def files(self) -> set[str]:
        """The addresses of what a browser loads with it."""
        return set(LOADED.findall(self.text))


class Browser:
    """One connection to a port of this machine, with a cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._port, self._cookie = port, f"cookie: {cookie}\r\n" if cookie else ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, more: str = "") -> Page:
        """A page. more: further headers, each with its line end. Connects again where the server hung up."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            return await self._get(path, more)
        self.close()
        return await self._get(path, more)

    async def _get(self, path: str, more: str) -> Page:
        reader, status, headers = await self._begin(path, more)
        length = re.search(rb"content-length: (\d+)", headers)
        body = await reader.readexactly(int(length[1]) if length else 0)
        text = (gzip.decompress(body) if b"content-encoding: gzip" in headers else body).decode()
        return Page(status, text, len(body))

    async def told(self, path: str) -> AsyncIterator[tuple[str, int]]:
        """Server-sent events: the beginning of each, and its bytes as they were sent. Each is one chunk of HTTP."""
        reader, status, headers = await self._begin(path, "")
        assert status == 200, status
        assert b"content-encoding: gzip" in headers
        reading = zlib.decompressobj(16 + zlib.MAX_WBITS)
        while size := int(await reader.readline() or b"0", 16):
            chunk = (await reader.readexactly(size + 2))[:-2]
            yield reading.decompress(chunk).decode()[:FIRST], size

    async def _begin(self, path: str, more: str) -> tuple[asyncio.StreamReader, int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(LOOPBACK, self._port)
        reader, writer = self._streams
        request = f"GET {path} HTTP/1.1\r\nhost: {LOOPBACK}:{self._port}\r\n{self._cookie}{ACCEPTED}{more}\r\n"
        writer.write(request.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        return reader, int(head.split(b" ", 2)[1]), head

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None


async def steadily(what: Iterable[tuple[Browser, str]], per_second: float, seconds: float) -> list[float]:
    """Open pages at a pace, each at its time; milliseconds from that time to the end of each answer.

    A browser that is still busy when its turn comes is late, and what it opens counts as late.
    """
    every = iter(what)
    locks: dict[Browser, asyncio.Lock] = {}
    took: list[float] = []

    async def one(browser: Browser, path: str, at: float) -> None:
        async with locks.setdefault(browser, asyncio.Lock()):
            page = await browser.get(path)
        assert page.status == 200, f"{path}: {page.status}"
        took.append(1000 * (time.perf_counter() - at))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for n in range(int(per_second * seconds)):
            at = began + n / per_second
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            browser, path = next(every)
            group.create_task(one(browser, path, at))
    return took

"""What a process says to its servers, piece by piece, so that it can be killed between any two steps of its work."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Proxies:
    """Passes bytes between one process and its servers, and counts the pieces that go over all of them together."""

    pieces: int = 0
    _at: int | None = None
    _before: bool = False
    _do: Callable[[], None] = lambda: None
    _servers: list[asyncio.Server] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _passing: set[asyncio.Task[None]] = field(default_factory=set)

    async def to(self, port: int) -> int:
        """The port to connect to in the place of this one."""

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._connect(port, reader, writer))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def after(self, pieces: int, do: Callable[[], None], *, before: bool) -> None:
        """At the n-th piece from now do this; before: instead of passing the piece on, otherwise right after."""
        self._at, self._do, self._before = self.pieces + pieces, do, before

    def disarm(self) -> None:
        self._at = None

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._passing):
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _connect(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
            self._writers.add(there_writer)
            await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))
            self._writers.discard(there_writer)
        self._writers.discard(writer)
        writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self.pieces += 1
                now = self.pieces == self._at
                if now and self._before:
                    self._do()
                    break
                writer.write(data)
                await writer.drain()
                if now:
                    self._do()
        writer.close()  # what was written is passed on before; who is killed hears no more either

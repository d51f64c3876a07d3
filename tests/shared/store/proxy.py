"""A network that can break: a TCP proxy that cuts and freezes connections."""

import asyncio
import contextlib
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Listens on `port` and passes bytes on, both ways."""

    target: int
    port: int = 0
    swallow_after: int | None = None
    """How many more answers are passed on; after that they are swallowed and the connections cut."""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self._flowing.set()
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        self._flowing.set()
        self.cut()

    def cut(self) -> None:
        """Break every connection, whatever is on its way."""
        for writer in list(self._writers):
            writer.transport.abort()

    def freeze(self) -> None:
        """Pass nothing on; connections stay."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers |= {writer, there_writer}
        try:
            await asyncio.gather(
                self._pass(reader, there_writer, answers=False), self._pass(there_reader, writer, answers=True)
            )
        finally:
            self._writers -= {writer, there_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                if answers and self.swallow_after is not None:
                    self.swallow_after -= 1
                    if self.swallow_after < 0:
                        self.swallow_after = None
                        self.cut()
                        return
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

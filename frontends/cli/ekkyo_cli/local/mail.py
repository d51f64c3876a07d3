"""The mail catcher: takes every message over SMTP, delivers none, and keeps each as a file.

Run as `python -m ekkyo_cli.local.mail FOLDER PORT`.
"""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from ekkyo.installation.embedded import LOOPBACK

SIZE_LIMIT = 32 * 1024 * 1024


class Catcher:
    """Saves each message, with the envelope in the headers of a delivery agent: Return-Path and Delivered-To."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Accepted only once it is on disk."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        head = f"Return-Path: <{envelope.mail_from}>\r\n"
        head += "".join(f"Delivered-To: {to}\r\n" for to in envelope.rcpt_tos)
        name = f"{time.time_ns():020}-{os.urandom(2).hex()}.eml"
        await asyncio.to_thread(self._keep, name, head.encode() + raw)
        return "250 2.0.0 kept"

    def _keep(self, name: str, message: bytes) -> None:
        draft = self.folder / f".{name}"
        draft.write_bytes(message)
        draft.replace(self.folder / name)


async def serve(folder: Path, port: int) -> None:
    """Take mail until asked to stop."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    catcher = Catcher(folder)
    server = await loop.create_server(
        lambda: SMTP(catcher, enable_SMTPUTF8=True, data_size_limit=SIZE_LIMIT, ident="Ekkyo mail catcher"),
        LOOPBACK,
        port,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))

"""Printing the stack's logs and the sizes of its streams."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import nats
from ekkyo.installation.embedded import LOOPBACK
from ekkyo.installation.permissions import OPS
from nats.errors import Error
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.local.folder import Folder

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "bright_red", "bright_cyan", "bright_magenta")
QUIET = ("nats", "mongo", "mail", "chat")
"""Their logs say little of interest while all is well; asked for by name they are shown."""


def ends(folder: Folder) -> dict[str, int]:
    """How many bytes each log has."""
    return {file.stem: file.stat().st_size for file in folder.log("supervisor").parent.glob("*.log")}


def follow(
    folder: Folder,
    names: Iterable[str],
    *,
    while_true: Callable[[], bool],
    last: int = 0,
    after: Mapping[str, int] | None = None,
) -> None:
    """Print the last lines of some logs, or what came after these ends; then what is added while a condition holds."""
    names = list(names)
    if len(names) > 1:
        names = [n for n in names if n not in QUIET]
        names += ["supervisor"] if "supervisor" not in names else []
    places: dict[str, int] = {}
    for name in names:
        text = _read(folder.log(name), 0)
        places[name] = len(text) if after is None else min(after.get(name, 0), len(text))
        for line in text.decode(errors="replace").splitlines()[-last:] if last else []:
            _line(name, line, names)
    while while_true():
        for name in names:
            added = _read(folder.log(name), places[name])
            whole = added[: added.rfind(b"\n") + 1]
            places[name] += len(whole)
            for line in whole.decode(errors="replace").splitlines():
                _line(name, line, names)
        time.sleep(0.1)


def streams(folder: Folder) -> dict[str, int]:
    """How many messages each stream holds; empty when NATS does not answer."""
    return asyncio.run(_streams(folder))


async def _streams(folder: Folder) -> dict[str, int]:
    state = folder.state()
    if state is None:
        return {}
    with contextlib.suppress(OSError, Error, TimeoutError):
        client = await nats.connect(
            f"nats://{LOOPBACK}:{state.parts['nats'].port}",
            **folder.login(OPS).options(),
            inbox_prefix=f"_INBOX.{OPS}".encode(),
            connect_timeout=2,
            allow_reconnect=False,
            error_cb=_silent,
        )
        async with client:
            return {
                str(stream.config.name): stream.state.messages for stream in await client.jetstream().streams_info()
            }
    return {}


async def _silent(_error: Exception) -> None:
    """The caller sees it as an empty answer."""


def _read(log: Path, at: int) -> bytes:
    try:
        with log.open("rb") as file:
            file.seek(at)
            return file.read()
    except OSError:
        return b""


def _line(name: str, line: str, names: list[str]) -> None:
    if output.speaks_json():
        return output.as_json({"part": name, "line": line}, lines=True)
    colour = COLOURS[names.index(name) % len(COLOURS)]
    output.out.print(f"[{colour}]{name:<10}[/] {escape(line)}", soft_wrap=True)
    return None

"""How somebody with a copy of the servers' files would find out who said what: every version that they still hold.

SQLite's write-ahead log holds the database as it was after each write since it was begun; JetStream's blocks hold
messages that were deleted, unless they were overwritten.
"""

import json
import re
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ekkyo_surveys import sealing

from .attacks import COMMENT, Guess

KEY = re.compile(rb"(?=([0-9a-f]{64}))")
HEADER, FRAME = 32, 24


@dataclass
class Files:
    """What the attacker holds: a copy of the database's file and its log, and of JetStream's folder, or of one."""

    database: dict[str, bytes]
    """The file itself (``), its write-ahead log (`-wal`)."""
    streams: bytes
    _versions: list[list[dict[str, Any]]] = field(default_factory=list, repr=False)
    """Once they were read: it takes a second, and the same database is looked at with the streams of several times."""

    @classmethod
    def copied(cls, data: Path, database: str, jetstream: Path) -> "Files":
        kept = {ending: data / f"{database}.db{ending}" for ending in ("", "-wal")}
        blocks = b"".join(file.read_bytes() for file in sorted(jetstream.rglob("*")) if file.is_file())
        return cls({ending: file.read_bytes() for ending, file in kept.items() if file.exists()}, blocks)

    @property
    def everything(self) -> bytes:
        return b"".join(self.database.values()) + self.streams

    def beside(self, streams: bytes) -> "Files":
        """The same database, beside other streams."""
        return Files(self.database, streams, self._versions)

    def versions(self) -> list[list[dict[str, Any]]]:
        """All documents of the service, as they were after each write that the log still holds."""
        if not self._versions:
            self._versions.extend(self._read())
        return self._versions

    def _read(self) -> Iterator[list[dict[str, Any]]]:
        log = self.database.get("-wal", b"")
        ends = []
        if len(log) > HEADER:
            [size] = struct.unpack(">I", log[8:12])
            for start in range(HEADER, len(log) - FRAME - size + 1, FRAME + size):
                [committed] = struct.unpack(">I", log[start + 4 : start + 8])
                if log[start + 8 : start + 16] != log[16:24]:
                    break  # what is left of an older log
                if committed:
                    ends.append(start + FRAME + size)
        for end in [0, *ends]:
            yield self._as_of(log[:end])

    def _as_of(self, log: bytes) -> list[dict[str, Any]]:
        folder = Path(tempfile.mkdtemp())
        try:
            (folder / "copy.db").write_bytes(self.database[""])
            if log:
                (folder / "copy.db-wal").write_bytes(log)
            connection = sqlite3.connect(folder / "copy.db")
            try:
                names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
                tables = [name for name in names if name in ("surveys", "surveys_entries")]
                rows = [row for name in tables for row in connection.execute(f"select data from {name}")]
                return [json.loads(data) for (data,) in rows]
            finally:
                connection.close()
        finally:
            shutil.rmtree(folder)

    def keys(self) -> set[str]:
        """Everything in the files that could be a key."""
        return {found.decode() for found in KEY.findall(self.everything)}


def by_versions(files: Files) -> Guess:
    """What is new in a version is what the one said who is new among those who took part; sealed, it is opened with
    whatever key the files hold."""
    keys = sorted(files.keys())
    guess: Guess = {}
    before: tuple[set[str], set[str]] | None = None
    for documents in files.versions():
        answered, said = set[str](), set[str]()
        for node in (node for document in documents for node in _nodes(document)):
            if node.get("answered") is True and node.get("member_id"):
                answered.add(node["member_id"])
            said |= {*node.get("sealed", ())} if isinstance(node.get("sealed"), list) else set()
            said |= set(COMMENT.findall(str(node.get("said", ""))))
        if before:
            new_members, new_words = answered - before[0], said - before[1]
            if len(new_members) == len(new_words) == 1:
                [member], [words] = new_members, new_words
                guess |= dict.fromkeys(_read(words, keys), member)
            answered, said = answered | before[0], said | before[1]
        before = answered, said
    return guess


def _read(words: str, keys: list[str]) -> list[str]:
    if found := COMMENT.findall(words):
        return list(found)
    opened = [sealing.opened(words, key) for key in keys]
    return [comment for one in opened if one for comment in COMMENT.findall(str(one))]


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from _nodes(value)

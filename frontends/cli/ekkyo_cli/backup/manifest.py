"""A backup's manifest: versions, counts and checksums. It is written last, so a backup without one is incomplete."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any, Final, Literal, cast

from ekkyo.contracts.base import Refused
from ekkyo.store.copying import counted
from pydantic import BaseModel, ConfigDict, Field, ValidationError

NAME: Final = "manifest.json"
PART: Final = 128 * 1024
"""Bytes of a stream that the server is given at once."""
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A name of a stream, a service or a collection; each becomes the name of a file."""
Sum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StreamFile(_Strict):
    """A stream's snapshot, with its configuration and state in the server's own words."""

    messages: int
    last_sequence: int
    consumers: dict[str, int]
    """Its durable consumers, each with the number of the message up to which it is through with all."""
    sha256: Sum
    config: dict[str, Any]
    state: dict[str, Any]


class RowsFile(_Strict):
    """A collection's rows."""

    rows: int
    sha256: Sum


class Manifest(_Strict):
    """What is in a backup."""

    format: Literal["ekkyo-backup/1"] = "ekkyo-backup/1"
    made_at: datetime
    ekkyo: str
    """The version of what made it."""
    nats: str
    """The version of the NATS server."""
    streams: dict[Word, StreamFile]
    databases: dict[Word, dict[Word, RowsFile]]
    """By service, then by collection. Empty when the databases are backed up by other means."""
    seal: str = ""
    """The checksum of all the rest."""

    def sealed(self) -> "Manifest":
        return self.model_copy(update={"seal": self._sum()})

    @property
    def intact(self) -> bool:
        return self.seal == self._sum()

    def _sum(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()


class Files:
    """The files of a backup's folder, for their owner alone: there is personal data in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self) -> None:
        """Make the folder. Refuses one with something in it."""
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            text = f"{self.folder} is not empty; name a new folder."
            raise Refused("folder_in_use", text, 409)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def stream(self, name: str) -> Path:
        return self.folder / "streams" / f"{name}.snapshot"

    def rows(self, service: str, collection: str) -> Path:
        return self.folder / "databases" / service / f"{collection}.bson.gz"

    @property
    def erased_since(self) -> Path:
        """Where a restore writes the ids of members who were erased since the backup."""
        return self.folder / "erased-since.txt"

    @contextmanager
    def create(self, file: Path) -> Iterator[IO[bytes]]:
        """A new file, on the disk when this ends."""
        for folder in (file.parent.parent, file.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())

    def write(self, manifest: Manifest) -> None:
        """The last of all files."""
        with self.create(self.folder / NAME) as out:
            out.write(manifest.sealed().model_dump_json(indent=1).encode())

    def read(self) -> Manifest:
        """The manifest, once every file it names is verified. Refuses an incomplete or damaged backup."""
        try:
            manifest = Manifest.model_validate_json((self.folder / NAME).read_bytes())
        except FileNotFoundError:
            text = f"{self.folder} holds no {NAME}: it is not a backup, or the backup was never finished."
            raise Refused("not_a_backup", text) from None
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "all of it"
            text = f"{self.folder / NAME} is damaged, or was written by another version: {where}: {first['msg']}."
            raise Refused("not_a_backup", text) from None
        if not manifest.intact:
            raise Refused("backup_damaged", f"{self.folder / NAME} was changed since it was written.")
        for file, sha256 in self._named(manifest):
            if not file.is_file():
                raise Refused("backup_damaged", f"{file} is missing.")
            if checksum(file) != sha256:
                raise Refused("backup_damaged", f"{file} was changed or damaged: its checksum differs.")
        return manifest

    def open_anonymous_surveys(self, manifest: Manifest) -> int:
        """How many surveys were open whose answers are sealed to a key, which no backup holds."""
        if "surveys" not in manifest.databases.get("surveys", {}):
            return 0
        with unpacked(self.rows("surveys", "surveys")) as rows:
            return counted(rows, anonymous=True, sealed=True, status="open")

    def _named(self, manifest: Manifest) -> Iterator[tuple[Path, str]]:
        for name, stream in manifest.streams.items():
            yield self.stream(name), stream.sha256
        for service, collections in manifest.databases.items():
            for name, rows in collections.items():
                yield self.rows(service, name), rows.sha256


def checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while part := content.read(PART):
            yield part


def unpacked(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file, "rb"))

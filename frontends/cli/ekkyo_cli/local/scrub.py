"""Removes deleted data from the embedded database's files: from their free pages and their write-ahead logs."""

import sqlite3
from contextlib import closing
from typing import Final

from ekkyo_cli.local.folder import Folder

PATIENCE: Final = 10.0
"""Seconds to wait for the server to let go of a file."""


def scrub(folder: Folder) -> bool:
    """Rewrite each database without what was deleted and empty its log, while the server runs. Whether all were.

    The server keeps each database in an SQLite file. Its log holds every version of every document since it was begun,
    and begins again when it is long, without being overwritten: https://sqlite.org/pragma.html#pragma_wal_checkpoint.
    """
    done = [_scrubbed(str(file)) for file in sorted((folder.path / "mongo" / "data").glob("*.db"))]
    return all(done)


def _scrubbed(file: str) -> bool:
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as database:
            database.execute("pragma secure_delete = on")
            database.execute("vacuum")
            [(busy, _, _)] = database.execute("pragma wal_checkpoint(truncate)").fetchall()
            return not busy
    except sqlite3.OperationalError:  # locked, for all of this time
        return False

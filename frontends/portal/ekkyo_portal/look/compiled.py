"""Templates as Python compiled them, kept beside the modules: most of what a portal's start would take."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

FOLDER: Final = Path(__file__).parent / "__pycache__"


class Compiled(FileSystemBytecodeCache):
    """Keeps compiled templates where Python keeps compiled modules, for the next process; each by its source's hash.

    options: of the environment that compiles them. Its code depends on them, and Jinja does not look at them.
    """

    def __init__(self, options: str, folder: Path = FOLDER) -> None:
        super().__init__(str(folder), f"template-{options}-%s.cache")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Where the folder cannot be written, as in a container, or is not to be, the next process compiles again."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)

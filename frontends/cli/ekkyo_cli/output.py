"""What people and programs see: tables or JSON on standard output, progress and problems on standard error."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from ekkyo.contracts.base import Problem, Refused
from ekkyo_common.tables import Evidence
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

OK, NO, USAGE, UNREACHABLE = 0, 1, 2, 3
"""Exit codes: done; refused or failed; wrong arguments; no stack or installation found."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class _Mode:
    """Whether this run speaks JSON."""

    json = False


def _json_wanted(value: bool) -> bool:
    _Mode.json = _Mode.json or value
    return value


Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.", callback=_json_wanted, is_eager=True)]


def speaks_json() -> bool:
    """Whether this run was asked for JSON."""
    return _Mode.json


def always_json() -> None:
    """This command's answer is JSON whatever was asked for."""
    _Mode.json = True


def reset() -> None:
    """Forget what an earlier run in the same process asked for."""
    _Mode.json = False


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def as_json(value: Any, *, lines: bool = False) -> None:
    """Print a value as JSON; `lines`: on one line, for streams."""
    indent = None if lines else 2
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=indent, default=str) + "\n")
    sys.stdout.flush()


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """Print a table; a column whose name ends in `#` is aligned to the right, in `!` never broken."""
    drawn = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        drawn.add_column(
            column.rstrip("#!"),
            justify="right" if column.endswith("#") else "left",
            no_wrap=column.endswith("!"),
            overflow="fold",
        )
    for row in rows:
        drawn.add_row(*(escape(str(cell)) if cell is not None else "" for cell in row))
    out.print(drawn)


def evidence(found: Sequence[Evidence]) -> None:
    """What was decided for a whole file, and why."""
    rows = [(each.what.replace("_", " "), each.decided, each.because) for each in found]
    table(["decided!", "as", "because"], rows, title="[bold]How the file was read[/]")


def say(text: str) -> None:
    """A line for people; programs do not get it."""
    if not _Mode.json:
        out.print(text)


def paste(text: str) -> None:
    """A line to copy as it stands: nothing in it is markup, and it is not broken where the window ends."""
    out.print(f"\n{text}", markup=False, soft_wrap=True)


def warn(text: str) -> None:
    err.print(text)


def problem(refused: Refused) -> None:
    """Print why not: as JSON for programs, else in words, with what to do about it."""
    told: Problem = refused.problem
    if _Mode.json:
        as_json(told.model_dump(mode="json", exclude_none=True))
        return
    err.print(f"[bold red]{told.title}[/] [dim]({told.code})[/]")
    if told.detail:
        err.print(escape(told.detail))
    for error in told.errors:
        if told.detail == f"{error.field} {error.detail}.":
            continue  # it was just said
        err.print(f"  [bold]{escape(error.field)}[/]: {escape(error.detail)}")
    if told.reference:
        err.print(f"Reference {told.reference}: look for it in the service's log.")
    if hint := HINTS.get(told.code):
        err.print(f"[dim]{hint}[/]")


HINTS = {
    "token_missing": "Set EKKYO_TOKEN, or create a token: ekkyo token --sub ID --role steward",
    "token_expired": "Create a new token: ekkyo token --sub ID --role steward",
    "not_allowed": "The token's role does not allow this; `ekkyo call --list` shows which roles do.",
}


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator["Steps"]:
    """A progress bar on standard error; silent for programs and where nobody looks."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=_Mode.json or not err.is_terminal,
    )
    with bar:
        yield Steps(bar, bar.add_task(what, total=total))


class Steps:
    """How far a progress bar has come."""

    def __init__(self, bar: Progress, task: Any) -> None:
        self._bar, self._task = bar, task

    def at(self, done: int, total: int | None = None, what: str | None = None) -> None:
        self._bar.update(self._task, completed=done, total=total, description=what)


def somebody_to_ask() -> None:
    """Refuses where nobody can be asked for confirmation: there is no terminal, or the output is JSON."""
    if speaks_json() or not sys.stdin.isatty():
        raise typer.BadParameter(
            "there is no terminal to ask for confirmation; use --yes to confirm", param_hint="--yes"
        )

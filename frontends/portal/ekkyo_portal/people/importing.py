"""A personnel export, previewed and then imported. Nothing is kept here between the two: the page holds the file."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import ImportMembers
from ekkyo.words.text import one_line
from ekkyo_common.personnel import Became, PersonnelExport, Taken, UnreadableExportError, read_personnel, take
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from ekkyo_portal.look import uploads
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.people.routes import STEWARDS, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file: some 30,000 people."""
SENT: Final = LARGEST * 4 // 3 + 64 * 1024
"""Bytes of a form that holds such a file as text."""
SHOWN: Final = 500
"""Rows that the page shows of each kind; all of them are counted."""
EVERY: Final = timedelta(milliseconds=300)
LONG: Final = 80
"""Characters of a cell that the page shows."""
MARK: Final = "<!--parts-->"


@dataclass(frozen=True)
class File:
    """An export that was sent."""

    name: str
    data: bytes

    @property
    def kept(self) -> str:
        """As text, for the form that imports what was previewed."""
        return base64.urlsafe_b64encode(self.data).decode()


@dataclass(frozen=True)
class Answers:
    """Who the people of rows are that look like somebody: by number of the row a member's number; and other people."""

    same: dict[str, str]
    others: list[str]

    @classmethod
    def of(cls, fields: Iterable[tuple[str, Any]]) -> "Answers":
        """What was chosen in the fields `who.<number>`: `same.<number of a member>`, `other`, or nothing yet."""
        said = {name.removeprefix("who."): str(value) for name, value in fields if name.startswith("who.")}
        same = {number: value.removeprefix("same.") for number, value in said.items() if value.startswith("same.")}
        return cls(same, [number for number, value in said.items() if value == "other"])


@section.get("/people-import", who=STEWARDS)
async def choose(visit: Visit) -> Response:
    """Choose a file."""
    return visit.page("people/import.html", Form.filled({"locale": visit.reader.locale, "timezone": visit.reader.zone}))


@section.post("/people-import", who=STEWARDS, largest=SENT)
async def run(visit: Visit) -> Response:
    """Preview the result for each row, or import. The page shows how far it is while it works."""
    form = await visit.form()
    file = await _sent(visit, form)
    said = form.make(ImportMembers, profiles=[], locale=form["locale"] or None, timezone=form["timezone"] or None)
    if file is None or said is None:
        return visit.page("people/import.html", form, status=400)
    answers = Answers.of((await visit.sent()).multi_items())
    today = visit.now.astimezone(ZoneInfo(visit.reader.zone)).date()
    try:
        export = await asyncio.to_thread(read_personnel, file.data, columns={}, today=today)
    except UnreadableExportError as unreadable:
        form.wrong("file", "unreadable")
        return visit.page("people/import.html", form, status=400, because=uploads.unreadable(visit.reader, unreadable))
    parts = _parts(visit, form, file, export, said, answers)
    response = StreamingResponse(parts, media_type="text/html")
    response.headers["content-encoding"] = "identity"  # compressed, the first part would wait for the last
    return response


async def _sent(visit: Visit, form: Form) -> File | None:
    """The file that was chosen, or the one that was previewed."""
    upload: Any = (await visit.sent()).get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        found = File(upload.filename, await upload.read())
    elif form["kept"]:
        try:
            found = File(form["name"], base64.urlsafe_b64decode(form["kept"]))
        except binascii.Error:
            form.wrong("file", "missing")
            return None
    else:
        form.wrong("file", "missing")
        return None
    if not found.data or len(found.data) > LARGEST:
        form.wrong("file", "file_too_large" if found.data else "missing")
        return None
    return found


async def _parts(
    visit: Visit, form: Form, file: File, export: PersonnelExport, said: ImportMembers, answers: Answers
) -> AsyncIterator[str]:
    """The page in parts: its beginning, how far it is, and what came of it."""
    look, dry_run = visit.look, not form.on("import")
    before, after = look.render("people/importing.html", visit, None, dry_run=dry_run, mark=MARK).split(MARK)
    yield before
    far, read_as = 0, uploads.read_as(visit.reader, export.evidence)

    def tell(taken: int) -> None:
        nonlocal far
        far = taken

    taking = take(
        visit,
        export,
        dry_run=dry_run,
        deactivate_leavers=form.on("deactivate_leavers"),
        locale=said.locale,
        timezone=said.timezone,
        same=answers.same,
        others=answers.others,
        tell=tell,
    )
    working = asyncio.create_task(taking)
    try:
        while not (await asyncio.wait({working}, timeout=EVERY.total_seconds()))[0]:
            yield look.render("people/step.html", visit, far)
        taken = working.result()
        yield look.render(
            "people/imported.html", visit, outcome(visit.reader, taken), file=file, read_as=read_as, form=form
        )
    except Refused as no:
        yield look.render("people/stopped.html", visit, no)
    finally:
        working.cancel()
    yield after


@dataclass(frozen=True)
class Outcome:
    """What became of a file: how many rows of each kind, and the rows by kind."""

    taken: Taken
    counts: dict[str, int]
    bad: list[Any]
    left: list[Any]
    rows: list[Any]
    unclear: list[Any]
    """Rows of which it is to be said whether the person is somebody who is known."""

    @property
    def anything(self) -> bool:
        """Whether an import would change something."""
        return any(self.counts[name] for name in ("registered", "changed", "asked", "left", "deactivated")) or bool(
            self.unclear
        )


COUNTED: Final[tuple[Any, ...]] = (
    "registered",
    "changed",
    "unchanged",
    "asked",
    "bad",
    "skipped",
    "left",
    "deactivated",
)


def because(reader: Reader, row: Became) -> str:
    """Why a row was not taken: in words for its code; in English, the reader of exports says it more exactly."""
    told: str = reader.words.importing.reasons.get(row.code, "")
    return told or row.reason


def outcome(reader: Reader, taken: Taken) -> Outcome:
    """As the page shows it."""
    bad = taken.bad[:SHOWN]
    unclear = [row for row in taken.rows if row.looks_like and row.outcome in ("asked", "bad")][:SHOWN]
    left = [row for row in taken.rows if row.outcome in ("left", "deactivated")][:SHOWN]
    return Outcome(
        taken,
        {name: taken.count(name) for name in COUNTED},
        [replace(row, value=one_line(row.value, LONG), reason=because(reader, row)) for row in bad],
        [replace(row, reason=because(reader, row)) for row in left],
        taken.rows[:SHOWN],
        unclear,
    )

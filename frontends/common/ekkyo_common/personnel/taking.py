"""Taking an export over: what the members service makes of its rows, and of those who left."""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    DeactivateMember,
    FindMembers,
    ImportedRow,
    ImportMembers,
    Locale,
    LooksLike,
    Member,
)

from ekkyo_common.personnel.became import LIKE, REASONS, Alike, Became, Caller, Code, Outcome, Taken
from ekkyo_common.personnel.reader import PersonnelExport
from ekkyo_common.personnel.rows import BadRow, Leaver, Row, SkippedRow
from ekkyo_common.tables import Remark

CHUNK, IN_FLIGHT = 200, 3
"""Small enough for a quick answer: a retried command reports rows as unchanged that it registered itself."""
TOGETHER = 500
"""Rows, numbers or addresses in one message."""
T = TypeVar("T")
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,32}")


async def take(
    ekkyo: Caller,
    export: PersonnelExport,
    *,
    dry_run: bool,
    deactivate_leavers: bool = False,
    locale: Locale | None = None,
    timezone: str | None = None,
    same: Mapping[str, str] | None = None,
    others: Iterable[str] = (),
    tell: Callable[[int], None] = lambda _: None,
) -> Taken:
    """Take an export over, or tell what would become of each of its rows; never the whole file in memory.

    Who left is named, and deactivated only if that is asked for. same: by the number of a row, the number of the member
    who is this person; others: numbers of rows that are somebody else than the members they look like.
    `tell` hears how many rows were taken so far.
    Raises Refused, with how much was taken before.
    """
    taken = Taken(dry_run, locale=locale, timezone=timezone, others=frozenset(others))
    taken.same = await _named(ekkyo, same or {})
    alike: list[tuple[Row, ImportedRow]] = []
    leavers: list[Leaver] = []
    held: list[Row] = []
    running: set[asyncio.Task[None]] = set()
    try:
        for chunk in _chunks(export, taken, leavers):
            if len(running) >= IN_FLIGHT:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.gather(*done)
            running.add(asyncio.create_task(_send(ekkyo, chunk, export, taken, held, alike)))
            await asyncio.sleep(0)
            tell(taken.taken)
        await asyncio.gather(*running)
        await _ask(ekkyo, alike, export, taken, held)
        await _once_more(ekkyo, held, export, taken)
        await _leave(ekkyo, leavers, taken, deactivate=deactivate_leavers)
    except Refused as no:
        await asyncio.gather(*running, return_exceptions=True)
        so_far = f"{taken.taken} rows were imported before that; import the file again for the rest."
        raise Refused(no.code, f"{no.detail} {so_far}", no.status, no.errors, no.reference) from None
    taken.rows.sort(key=lambda row: row.line)
    taken.remarks.sort(key=lambda row: row.line)
    return taken


def _chunks(export: PersonnelExport, taken: Taken, leavers: list[Leaver]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in export:
        match row:
            case SkippedRow():
                reason = REASONS[row.reason]
                taken.rows.append(Became(row.line, "skipped", value=row.text, code=row.reason, reason=reason))
            case BadRow():
                taken.rows += [_of_cell(row.line, "bad", problem) for problem in row.problems]
            case Leaver():
                leavers.append(row)
            case Row():
                chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _of_cell(line: int, outcome: Outcome, remark: Remark, *, number: str = "", name: str = "") -> Became:
    reason = f"{remark.reason} (expected: {remark.expected})" if remark.expected else remark.reason
    return Became(line, outcome, number, name, remark.column, remark.value, remark.code, reason)


async def _send(
    ekkyo: Caller,
    rows: Sequence[Row],
    export: PersonnelExport,
    taken: Taken,
    held: list[Row],
    alike: list[tuple[Row, ImportedRow]],
) -> None:
    """One command; who cannot have their address as long as another has it, or looks like another, waits."""
    for row, became in zip(rows, await _asked(ekkyo, rows, taken), strict=True):
        if became.reason == "email_taken":
            held.append(row)
        elif became.reason == "looks_like_member":
            alike.append((row, became))
        else:
            _note(taken, row, became, export)


async def _asked(ekkyo: Caller, rows: Sequence[Row], taken: Taken, others: Iterable[str] = ()) -> list[ImportedRow]:
    profiles = [row.profile for row in rows]
    numbers = {profile.number for profile in profiles}
    command = ImportMembers(
        profiles=profiles,
        locale=taken.locale,
        timezone=taken.timezone,
        ask=True,
        same={number: member for number, member in taken.same.items() if number in numbers},
        others=sorted({*others, *taken.others} & numbers),
        dry_run=taken.dry_run,
    )
    answer = await ekkyo.send(command, within=120)
    return answer.rows


async def _named(ekkyo: Caller, same: Mapping[str, str]) -> dict[str, str]:
    """The ids of the members whose numbers are named. Raises Refused."""
    known = {m.number: m.member_id for m in await _members(ekkyo, numbers=same.values())} if same else {}
    if missing := sorted(set(same.values()) - known.keys()):
        raise Refused("member_not_found", f"No member has the number {missing[0]}.", 404)
    return {number: known[member] for number, member in same.items()}


async def _ask(
    ekkyo: Caller, alike: list[tuple[Row, ImportedRow]], export: PersonnelExport, taken: Taken, held: list[Row]
) -> None:
    """Name rows that look like a second record of somebody. Two rows of one file are two people, and are taken."""
    if not alike:
        return
    here = {row.profile.number for row in export if isinstance(row, Row)}
    others = [row for row, became in alike if all(one.number in here for one in became.looks_like)]
    for some in _batches(others, TOGETHER):
        told = await _asked(ekkyo, some, taken, [row.profile.number for row in some])
        for row, became in zip(some, told, strict=True):
            if became.reason == "email_taken":
                held.append(row)
            else:
                _note(taken, row, became, export)
    lines = {row.line for row in others}
    for row, became in alike:
        if row.line not in lines:
            like = tuple(_alike(one) for one in became.looks_like if one.number not in here)
            taken.rows.append(_unclear(row, like, "looks_like_member", export.columns.get("number", "number")))


def _alike(one: LooksLike) -> Alike:
    return Alike(one.member_id, one.number, one.name, one.because)


def _unclear(row: Row, like: tuple[Alike, ...], code: Code, column: str) -> Became:
    """A row of which it is to be said who it is."""
    meant = " or ".join(f"{one.number} ({one.name}): {LIKE[one.because]}" for one in like)
    reason = f"looks like {meant}. The same person, or somebody else?"
    number, name = row.profile.number, row.profile.name
    return Became(row.line, "asked", number, name, column, number, code, reason, like)


async def _once_more(ekkyo: Caller, held: list[Row], export: PersonnelExport, taken: Taken) -> None:
    """Those whose address another member has: that one may get another address by a row that was in another command.

    So they are asked once more, together with the rows of these others, until no more of them are taken.
    """
    while held:
        holders = {m.email: m for m in await _members(ekkyo, emails=[row.profile.email for row in held])}
        numbers = {m.number for m in holders.values()}
        among = {row.line for row in held}
        others = [r for r in export if isinstance(r, Row) and r.line not in among and r.profile.number in numbers]
        left: list[Row] = []
        for some in _batches([*held, *others], TOGETHER):
            for row, became in zip(some, await _asked(ekkyo, some, taken), strict=True):
                if row.line not in among:
                    continue
                if became.reason == "email_taken":
                    left.append(row)
                else:
                    _note(taken, row, became, export)
        if len(left) == len(held) or taken.dry_run:
            for row in left:
                _note_held(taken, row, export, holders.get(row.profile.email))
            return
        held = left


def _note_held(taken: Taken, row: Row, export: PersonnelExport, holder: Member | None) -> None:
    reason = "belongs to somebody else"
    like = (Alike(holder.member_id, holder.number, holder.name, "email"),) if holder else ()
    if holder:
        reason = f"is the address of {holder.number} ({holder.name})"
        if holder.number.lstrip("0") == row.profile.number.lstrip("0"):
            reason += f"; did you mean {holder.number}? Zeros at the beginning of numbers may be lost"
    column = export.columns.get("email", "email")
    profile = row.profile
    taken.rows.append(
        Became(row.line, "bad", profile.number, profile.name, column, profile.email, "email_taken", reason, like)
    )


def _note(taken: Taken, row: Row, became: ImportedRow, export: PersonnelExport) -> None:
    number, name = row.profile.number, row.profile.name
    if became.outcome == "refused":
        code = became.reason or "refused"
        at = "email" if code.startswith("email") else "number"
        text = REASONS.get(code) or code.replace("_", " ").replace("taken", "belongs to somebody else")
        value = str(getattr(row.profile, at))
        taken.rows.append(Became(row.line, "bad", number, name, export.columns.get(at, at), value, code, text))
    else:
        taken.rows.append(Became(row.line, became.outcome, number, name))
        taken.remarks += [_of_cell(row.line, became.outcome, r, number=number, name=name) for r in row.remarks]


async def _leave(ekkyo: Caller, leavers: Sequence[Leaver], taken: Taken, *, deactivate: bool) -> None:
    """Name who left; deactivate those who are members, if that is asked for."""
    known = {m.number: m for m in await _members(ekkyo, numbers=[each.number for each in leavers])}
    for each in leavers:
        member = known.get(each.number)
        outcome: Outcome = "left"
        code: Code
        if member is None:
            code, reason = "left_no_member", "has left, and is no member: not registered"
        elif not member.active:
            code, reason = "left_before", "has left, and was deactivated before"
        elif deactivate:
            outcome, code, reason = "deactivated", "left", "has left"
            if not taken.dry_run:
                await ekkyo.send(DeactivateMember(member_id=member.member_id))
        else:
            code = "left_stays"
            reason = "has left, and is a member: stays so unless the import deactivates leavers"
        value = f"{each.text}, {each.left_on}" if each.left_on else each.text
        taken.rows.append(Became(each.line, outcome, each.number, each.name, "", value, code, reason))


async def _members(ekkyo: Caller, *, emails: Iterable[str] = (), numbers: Iterable[str] = ()) -> list[Member]:
    """The members with one of these addresses or numbers."""
    found: list[Member] = []
    for some in _batches(sorted(set(emails)), TOGETHER):
        found += (await ekkyo.ask(FindMembers(emails=some, limit=TOGETHER))).members
    for some in _batches(sorted({number for number in numbers if _NUMBER.fullmatch(number)}), TOGETHER):
        found += (await ekkyo.ask(FindMembers(numbers=some, limit=TOGETHER))).members
    return found


def _batches(items: list[T], size: int) -> Iterator[list[T]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]

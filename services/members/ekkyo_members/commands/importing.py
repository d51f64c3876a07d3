"""What the members service can be asked to do with a personnel export."""

import asyncio
from contextlib import suppress
from typing import Annotated

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from faststream import Context

from ekkyo_members import model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import Members

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]


@router.subscriber(**asked(contract.ImportMembers))
async def import_members(cmd: contract.ImportMembers, members: Members, settings: MySettings) -> contract.Imported:
    """Take over rows of a personnel export, or tell what would become of them."""
    ids = [model.new_member_id(p.number) for p in cmd.profiles]
    known, erased = await asyncio.gather(
        members.find({"id": {"$in": ids}}, limit=0), members.find({"came_from": {"$in": ids}}, limit=0)
    )
    if erased or model.gave_numbers_up(known):  # whoever has such a number now is found only by it
        known += [*erased, *await members.find({"number": {"$in": [p.number for p in cmd.profiles]}}, limit=0)]
    if cmd.dry_run:
        known += await _others(cmd.profiles, known, members)
    rows = model.outcomes(cmd.profiles, model.Found.of(known))
    company = model.Company(cmd.locale or settings.locale, cmd.timezone or settings.timezone)
    alike = await _alike(cmd, rows, members)
    if cmd.dry_run:
        rows = [_foretold(row, profile, cmd, alike) for row, profile in zip(rows, cmd.profiles, strict=True)]
    else:
        if cmd.others:
            await _hand_on([p.email for p in cmd.profiles if p.number in cmd.others], members)
        lent = {m.id for m in known if model.has_lent_address(m)}
        rows = await _take_over(cmd, rows, alike, lent, members, company)
    return contract.Imported(rows=await _with_holders(rows, cmd.profiles, members))


async def _others(profiles: list[contract.Profile], known: list[model.Member], members: Members) -> list[model.Member]:
    """Members who have a number or an address of these rows and were not made known by an import, or by another row."""
    numbers, emails = {m.number for m in known}, {m.email for m in known}
    return [
        *await members.find({"number": {"$in": [p.number for p in profiles if p.number not in numbers]}}, limit=0),
        *await members.find({"email": {"$in": [p.email for p in profiles if p.email not in emails]}}, limit=0),
    ]


async def _take_over(
    cmd: contract.ImportMembers,
    planned: list[contract.ImportedRow],
    alike: dict[str, list[contract.LooksLike]],
    lenders: set[str],
    members: Members,
    company: model.Company,
) -> list[contract.ImportedRow]:
    """The rows as they came out, in their order; all at once, so that the store writes them in groups.

    Nobody is looked for by number or address beforehand: the unique indexes tell at no cost. A row they refuse is tried
    again on the member who has its number, and as long as others were taken: they may have given its address up. Those
    who want each other's addresses lend them first.
    """
    profiles = cmd.profiles
    by_number: dict[str, str | None] = dict(cmd.same)
    lent: dict[str, str] = {}

    async def take(place: int) -> contract.ImportedRow:
        profile, known_as = profiles[place], by_number.get(profiles[place].number)
        same, member_id = profile.number in cmd.same, known_as or planned[place].member_id
        if member_id is None and profile.number in cmd.others:
            member_id = model.other_member_id(profile.number)
        member_id = member_id or model.new_member_id(profile.number)
        try:
            do = members.change if known_as else members.create
            return await do(
                member_id,
                lambda m, _: (
                    model.take_over(m and model.present(m), profile, company, same=same, member_id=member_id)
                    if same
                    else model.take_over(m, profile, company, member_id=member_id)
                ),
            )
        except Refused as no:
            if no.code not in ("number_taken", "email_taken", "member_erased", "number_differs", "member_merged"):
                raise
            had = no.code in ("number_differs", "member_merged")
            return model.refused(profile, "former_number" if had else no.code)

    rows = list(planned)
    told = {*cmd.same, *cmd.others}
    for place, profile in enumerate(profiles):
        if profile.number in alike and rows[place].reason != "number_taken":
            rows[place] = model.asked(profile, alike[profile.number])
    left = [
        place
        for place, row in enumerate(rows)
        if row.outcome in ("registered", "changed")
        or (row.reason == "former_number" and row.number in told)
        or row.member_id in lenders
    ]
    while left:
        for place, row in zip(left, await asyncio.gather(*map(take, left)), strict=True):
            rows[place] = row
        refused = [place for place in left if rows[place].outcome == "refused"]
        if unasked := [number for place in refused if (number := profiles[place].number) not in by_number]:
            by_number |= dict.fromkeys(unasked)
            by_number |= {m.number: m.id for m in await members.find({"number": {"$in": unasked}}, limit=0)}
            left = refused
        elif len(refused) < len(left):
            left = refused
        else:
            lending = await _lend([profiles[place] for place in refused], members, without=lent)
            lent |= lending
            left = refused if lending else []
    back = {profiles[p].number for p, row in enumerate(rows) if row.outcome == "refused"} & lent.keys()
    for number in back:
        with suppress(Refused):  # somebody else has it by now
            await members.change(lent[number], lambda m, _: model.keep_address(m))
    return rows


async def _lend(profiles: list[contract.Profile], members: Members, *, without: dict[str, str]) -> dict[str, str]:
    """Have one of each circle of people who want each other's addresses lend theirs: their numbers and ids."""
    wants = {p.number: p.email for p in profiles if p.number not in without}
    holders = {m.email: m for m in await members.find({"email": {"$in": list(wants.values())}}, limit=0)}
    found = model.circles(wants, {email: m.number for email, m in holders.items()})
    ids = {m.number: m.id for m in holders.values()}
    lending = {circle[0]: ids[circle[0]] for circle in found}
    await asyncio.gather(*(members.change(i, lambda m, _: model.lend_address(m)) for i in lending.values()))
    return lending


async def _alike(
    cmd: contract.ImportMembers, rows: list[contract.ImportedRow], members: Members
) -> dict[str, list[contract.LooksLike]]:
    """By number, which members the rows look like that would be somebody new."""
    new = [
        profile
        for profile, row in zip(cmd.profiles, rows, strict=True)
        if row.outcome == "registered" or row.reason == "former_number"
    ]
    if not new or not cmd.ask:
        return {}
    written = sorted({one for profile in new for one in model.spellings(profile.number)})
    found = await asyncio.gather(
        members.find({"number": {"$in": written}}, limit=0),
        members.find({"name": {"$in": sorted({profile.name for profile in new})}}, limit=0),
        members.find({"signs_in_as": {"$in": [profile.number for profile in new]}}, limit=0),
        members.find({"id": {"$in": [model.new_member_id(profile.number) for profile in new]}}, limit=0),
    )
    return model.alike(new, {m.id: m for some in found for m in some}.values(), cmd)


def _foretold(
    row: contract.ImportedRow,
    profile: contract.Profile,
    cmd: contract.ImportMembers,
    alike: dict[str, list[contract.LooksLike]],
) -> contract.ImportedRow:
    if profile.number in alike and row.reason != "number_taken":
        return model.asked(profile, alike[profile.number])
    if profile.number in cmd.same and row.outcome in ("registered", "refused"):
        return row.model_copy(update={"outcome": "changed", "reason": None, "member_id": cmd.same[profile.number]})
    if profile.number in cmd.others and row.reason == "former_number":
        return row.model_copy(update={"outcome": "registered", "reason": None})
    return row


async def _hand_on(addresses: list[str], members: Members) -> None:
    """Have members who left the company give up these addresses, for those who have them now."""
    holders = await members.find({"email": {"$in": addresses}, "active": False}, limit=0)
    await asyncio.gather(*(members.change(m.id, lambda m, _: model.lend_address(m)) for m in holders))


async def _with_holders(
    rows: list[contract.ImportedRow], profiles: list[contract.Profile], members: Members
) -> list[contract.ImportedRow]:
    """The rows, those whose address somebody else has with who that is."""
    taken = [p for row, p in zip(rows, profiles, strict=True) if row.reason == "email_taken"]
    wanted = {profile.number: profile.email for profile in taken}
    if not wanted:
        return rows
    holders = {m.email: m for m in await members.find({"email": {"$in": sorted(set(wanted.values()))}}, limit=0)}
    return [
        row.model_copy(update={"looks_like": [model.looks_like(holder, "email")]})
        if row.reason == "email_taken" and (holder := holders.get(wanted[row.number]))
        else row
        for row in rows
    ]

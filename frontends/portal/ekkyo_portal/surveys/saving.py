"""A template as it was written, as the command that saves it, and what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import SaveTemplate, TemplateQuestion
from pydantic import ValidationError

from ekkyo_portal.surveys import lines
from ekkyo_portal.surveys.written import NUMBERS, Labels, Row, Sheet, number


def made(sheet: Sheet, community_id: str) -> SaveTemplate | None:
    """The command that saves it, or None with what is wrong beside the fields."""
    section: str | None = None
    sections: list[dict[str, Any]] = []
    questions: list[TemplateQuestion] = []
    for row in sheet.rows:
        if row.has_section:
            section = row.section or f"s_{row.key}"[:40]
            sections.append({"key": section, "title": _labels(row, "section_"), "description": _labels(row, "about_")})
        for what in row.unequal:
            row.wrong[what] = "lines"
        for name in NUMBERS:
            if row.numbers.get(name) and number(row.numbers[name]) is None:
                row.wrong[name] = "no_number"
        if row.on and not row.any_of:
            row.wrong["any_of"] = "choose"
        if row.wrong:
            continue
        try:
            questions.append(TemplateQuestion.model_validate(_question(row, section)))
        except ValidationError as error:
            for one in error.errors(include_input=False, include_url=False):
                _beside(row, [str(part) for part in one["loc"]], "wrong")
    if not sheet.title:
        sheet.wrong["title"] = "missing"
    if sheet.is_wrong:
        return None
    try:
        return SaveTemplate.model_validate(
            {
                "community_id": community_id,
                "template": sheet.template,
                "title": sheet.title,
                "questions": questions,
                "sections": sections,
                "random_order": sheet.random_order,
                "cross_tables": sheet.tables,
                "use_after_events": sheet.use_after_events,
                "retired": sheet.retired,
                "based_on": sheet.based_on,
            }
        )
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            sheet.wrong[str(one["loc"][0])] = "wrong"
    return None


def _question(row: Row, section: str | None) -> dict[str, Any]:
    """A question with the fields that its kind has."""
    kind, numbers = row.kind, {name: number(row.numbers.get(name, "")) for name in NUMBERS}
    has: dict[str, bool] = {
        "minimum": kind in ("scale", "number", "choices", "ranking"),
        "maximum": kind in ("scale", "number", "choices", "ranking", "themes", "text"),
    }
    return {
        "key": row.key,
        "kind": kind,
        "label": _labels(row, ""),
        "required": row.ticks.get("required", False),
        **{name: numbers[name] for name, there in has.items() if there},
        "decimals": (numbers["decimals"] or 0) if kind == "number" else 0,
        "choices": lines.choices(row.choices) if kind in ("choice", "choices", "ranking", "matrix") else [],
        "rows": lines.choices(row.rows) if kind == "matrix" else [],
        "other": row.ticks.get("other", False) and kind in ("choice", "choices"),
        "random_order": row.ticks.get("random", False) and kind in ("choice", "choices", "ranking", "matrix"),
        "low": _labels(row, "low_") if kind in ("scale", "nps") else {},
        "high": _labels(row, "high_") if kind in ("scale", "nps") else {},
        "shown_if": {"question": row.on, "any_of": row.any_of} if row.on else None,
        "section": section,
    }


def beside(sheet: Sheet, why: Refused) -> None:
    """Put what the service found wrong beside the fields."""
    for error in why.errors:
        parts = error.field.split(".")
        if parts[0] == "questions" and len(parts) > 2 and parts[1].isdecimal() and int(parts[1]) < len(sheet.rows):
            _beside(sheet.rows[int(parts[1])], parts[2:], error.code)
        else:
            sheet.wrong.setdefault(parts[0], error.code)


def _beside(row: Row, place: Sequence[str], code: str) -> None:
    names: Mapping[str, str] = {"label": "ja", "shown_if": "any_of", "low": "low_ja", "high": "high_ja", "key": "ja"}
    name = next((part for part in place if not part.isdecimal()), "ja")
    row.wrong.setdefault(names.get(name, name), code)


def _labels(row: Row, prefix: str) -> Labels:
    return {locale: text for locale in ("ja", "en") if (text := row.texts.get(f"{prefix}{locale}", ""))}

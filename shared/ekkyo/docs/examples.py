"""Examples of messages: the class's own, or one made from its schema, the same every time."""

from typing import Any

from ekkyo.docs.messages import Message, Schema, json_schema
from ekkyo.docs.words import DAYS, DEFAULT_STATUS, IDS, MEMBERS, NUMBERS, OF_SERIES, SPECIAL, STATUS, TIMES, WORDS

_ID = "0192f0c1-7a00-7000-8000-0000000000{}"
IDS = {
    "community_id": _ID.format("01"),
    "member_id": _ID.format("a1"),
    "event_id": _ID.format("e1"),
    "like": _ID.format("e2"),
    "from_event": _ID.format("e1"),
    "series_id": _ID.format("a7"),
    "series_change": _ID.format("a8"),
    "change_id": _ID.format("a8"),
    "scan_id": _ID.format("c1"),
    "survey_id": _ID.format("e1"),
    "registration_id": _ID.format("b1"),
    "draw_id": _ID.format("d7"),
    "order": _ID.format("b1"),
    "placed": _ID.format("b1"),
    "withdrawn": _ID.format("b2"),
    "contribution_id": _ID.format("c1"),
    "delivery_id": _ID.format("d1"),
    "connection_id": _ID.format("f1"),
    "entity_id": _ID.format("e1"),
    "communities": _ID.format("01"),
    "community_ids": _ID.format("01"),
    "muted": _ID.format("02"),
    "leads": _ID.format("01"),
    "output_id": _ID.format("91"),
    "seating_id": _ID.format("71"),
    "swap_with": _ID.format("a2"),
    "proposed_by": _ID.format("a1"),
    "author_id": _ID.format("a1"),
    "attempt_id": _ID.format("51"),
    "finish_id": _ID.format("52"),
    "group_id": _ID.format("b2"),
    "resend_id": _ID.format("53"),
    "try_id": _ID.format("54"),
    "invited_by": _ID.format("a1"),
    "invitation_id": _ID.format("61"),
    "after": "0012345",
    "next": "0012345",
}
MEMBERS = {
    "confirmed",
    "waitlisted",
    "applied",
    "promoted",
    "attended",
    "no_shows",
    "invited",
    "members",
    "speakers",
    "member_ids",
    "passed_over",
    "lost",
    "loses",
    "leaders",
    "authors",
    "no_longer",
    "companions",
    "group",
    "with_members",
    "online",
    "moved",
    "tables",
    "unanswered",
}
WORDS = {
    "title": "Excel in half an hour",
    "event_title": "Excel in half an hour",
    "community_name": "IT Users' Community",
    "word": "kamoso47",
    "host": "hooks.slack.com",
    "description": "Bring a table that annoys you.",
    "objective": "Halve the questions to the IT desk in a year.",
    "who": "Everyone who uses IT at work.",
    "what": "Talks, co-working hours, lunches across departments.",
    "how": "Members teach each other; leaders hold one event a week.",
    "rules": "Ask anything. Nobody is made fun of.",
    "label": "Would you recommend it to a colleague?",
    "waiting_because": "All 20 seats are taken; 2 wait before you.",
    "comments": "More, please.",
    "number": "0012345",
    "numbers": "0012345",
    "manager_number": "0000042",
    "name": "山田 花子",
    "name_kana": "ヤマダ ハナコ",
    "email": "hanako.yamada@example.com",
    "emails": "hanako.yamada@example.com",
    "department": "営業部",
    "departments": "営業部",
    "sites": "大阪",
    "job_family": "営業",
    "site": "大阪",
    "timezone": "Asia/Tokyo",
    "code": "271828",
    "place": "大阪本社 3F",
    "url": "https://meet.example.com/excel",
    "logo_url": "https://portal.example.com/logo.png",
    "colour": "#31487f",
    "logo": "5f2b8c04d1a97e36.svg",
    "data": "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxjaXJjbGUgcj0iNCIvPjwvc3ZnPg==",
    "small_logo": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQMAAAAl21bKAAAAA1BMVEUAAACnej3aAAAACklEQVR42mNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
    "context": "IT",
    "theme": "Excel",
    "key": "satisfaction",
    "fact_id": f"events/{_ID.format('e1')}/3/0",
    "proof": f"events/{_ID.format('e1')}/3/0",
    "message_id": f"<{_ID.format('d1')}@ekkyo.example.com>",
    "template": "post_event",
    "figures": "250 attendances in the first season",
    "reason": "The speaker is ill.",
    "note": "The course on 10 June starts from the beginning.",
    "starts": "2026-05-20T12:00",
    "clock": "12:00",
    "rule": "FREQ=WEEKLY;INTERVAL=2;COUNT=12",
    "changed": "place",
    "seed": "9f2c41d07be8635aa1944e0cd7f2b6183c5d90ea7f1168b24e3ad95c60f7821b",
    "seed_sha256": "65713017d91f0e98889072038141ae3d6987c2f8703be445ce3287baf54d2a7a",
    "entrants": f"{_ID.format('b1')} 1",
    "entrants_sha256": "f6dc0c22b459d502aeaad6633fdd25c57d7cdb0e8ccaa10d7297819e66e4dbad",
}
TIMES = {
    "attached_at": "2026-05-21T03:00:00Z",
    "starts_at": "2026-05-20T03:00:00Z",
    "recurrence_id": "2026-05-20T03:00:00Z",
    "ends_at": "2026-05-20T04:00:00Z",
    "was_starts_at": "2026-05-19T03:00:00Z",
    "was_ends_at": "2026-05-19T04:00:00Z",
    "opened_at": "2026-05-20T04:00:00Z",
    "deadline": "2026-05-27T04:00:00Z",
    "starts_from": "2026-04-01T00:00:00Z",
    "since": "2026-04-01T00:00:00Z",
    "starts_until": "2026-10-01T00:00:00Z",
    "until": "2026-10-01T00:00:00Z",
    "draws_at": "2026-05-17T03:00:00Z",
    "released_at": "2026-05-18T03:00:00Z",
}
DAYS = {"birth_date": "1990-04-01", "except_on": "2026-08-12", "also_on": "2026-08-19", "ends_before": "2026-10-01"}
OF_SERIES = {"series_id", "recurrence_id", "series_change"}
"""Left out of what an event says unless it belongs to a series; the examples of facts do."""
STATUS = {
    "events.draft.answer": "draft",
    "events.cancel.answer": "cancelled",
    "events.attach_output.answer": "attached",
    "events.confirm_output.answer": "attached",
    "events.revise_output.answer": "attached",
    "events.decline_output.answer": "declined",
    "events.remove_output.answer": "removed",
    "events.output.answer": "attached",
    "events.board.answer": "attached",
    "events.output_attached": "attached",
    "events.output_declined": "declined",
    "events.output_revised": "attached",
    "events.output_removed": "removed",
    "events.cancelled": "cancelled",
    "events.conclude.answer": "concluded",
    "events.concluded": "concluded",
    "surveys.open.answer": "open",
    "surveys.close.answer": "closed",
    "surveys.closed": "closed",
    "surveys.themes_ranked": "closed",
    "notify.failed": "failed",
    "notify.address_refused": "failed",
}
SPECIAL: dict[tuple[str, str], Any] = {
    ("members.import.answer", "outcome"): "refused",
    ("members.import.answer", "reason"): "email_taken",
    ("events.register.answer", "status"): "waitlisted",
    ("events.check_in.answer", "status"): "attended",
    ("events.check_in.answer", "position"): None,
    ("events.register.answer", "checked_in_at"): None,
    ("events.withdraw.answer", "checked_in_at"): None,
    ("events.check_in.answer", "waiting_because"): None,
    ("events.withdraw.answer", "status"): "withdrawn",
    ("events.withdraw.answer", "position"): None,
    ("events.withdraw.answer", "waiting_because"): None,
    ("events.answers.answer", "answers"): {"lunch": "Vegetarian"},
    ("events.questions_changed", "asks"): True,
    ("events.decline.answer", "status"): "declined",
    ("events.decline.answer", "position"): None,
    ("events.decline.answer", "waiting_because"): None,
    ("events.decline.answer", "checked_in_at"): None,
    ("events.approve.answer", "position"): None,
    ("events.approve.answer", "waiting_because"): None,
    ("events.approve.answer", "checked_in_at"): None,
    ("events.draft.answer", "confirmed"): 0,
    ("events.draft.answer", "waitlisted"): 0,
    ("events.draft.answer", "applied"): 0,
    ("events.draw_closed", "stage"): "closed",
    ("events.draw_closed", "seed"): None,
    **{
        (message, field): value
        for message in ("events.published", "events.registration_applied")
        for field, value in (("stage", "open"), ("entrants", None), ("entrants_sha256", None), ("seed", None))
    },
    ("events.draw_held", "withdrawn"): [],
    ("events.draft.answer", "attended"): 0,
    ("events.draft.answer", "sequence"): 0,
}
"""What one message says in a field where the same word would make no sense in another."""
NUMBERS = {"minutes": 50, "capacity": 20, "invited": 12, "answered": 8, "minimum": 5, "limit": 50}
DEFAULT_STATUS = {"events": "published", "surveys": "open", "notify": "sent"}


def example(message: Message) -> Any:
    """The message's data. Raises ValidationError when it is not a valid one: give the class an example then."""
    own = (message.model.model_config.get("json_schema_extra") or {}).get("example")
    data = own or _Maker(message).make(json_schema(message.model), "")
    message.model.model_validate(data)
    return data


class _Maker:
    def __init__(self, message: Message) -> None:
        self.message = message
        self.definitions: Schema = json_schema(message.model).get("$defs", {})

    def make(self, schema: Schema, field: str) -> Any:
        """A value that this schema takes, fit for a field of this name."""
        if (self.message.name, field) in SPECIAL:
            return SPECIAL[self.message.name, field]
        if "example" in schema:
            return schema["example"]
        if "$ref" in schema:
            return self.make(self.definitions[schema["$ref"].rpartition("/")[2]], field)
        if "const" in schema:
            return schema["const"]
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.make(next(s for s in schema[several] if s.get("type") != "null"), field)
        if "enum" in schema:
            return self._chosen(schema["enum"], field)
        kind: str = schema.get("type", "object")
        return getattr(self, f"_{kind}")(schema, field)

    def _chosen(self, values: list[Any], field: str) -> Any:
        wanted = STATUS.get(self.message.name, DEFAULT_STATUS.get(self.message.owner))
        if field == "stage":
            return values[-1]
        return wanted if field == "status" and wanted in values else values[0]

    def _object(self, schema: Schema, field: str) -> Any:
        if "properties" in schema:
            single = self.message.kind != "fact"
            unset = {name for name, s in schema["properties"].items() if "default" in s and name in OF_SERIES}
            return _of_one_piece(
                {name: self.make(s, name) for name, s in schema["properties"].items() if not (single and name in unset)}
            )
        values = schema.get("additionalProperties")
        if not isinstance(values, dict):
            return {}
        counted = values.get("type") == "integer" and "propertyNames" not in schema
        keys = ["9"] if counted else self._keys(schema.get("propertyNames", {}))
        return {key: self.make(values, field) for key in keys}

    def _keys(self, names: Schema) -> list[str]:
        if "$ref" in names:
            return self._keys(self.definitions[names["$ref"].rpartition("/")[2]])
        return list(names.get("enum") or [names.get("const") or "satisfaction"])

    def _array(self, schema: Schema, field: str) -> Any:
        return [self.make(schema["items"], "member_id" if field in MEMBERS else field)] if "items" in schema else []

    def _string(self, schema: Schema, field: str) -> str:
        if schema.get("format") == "date-time":
            return TIMES.get(field, "2026-05-01T01:23:45.678Z")
        if schema.get("format") == "date":
            return DAYS.get(field, "2013-04-01")
        found = IDS.get(field) or WORDS.get(field)
        if not found:
            raise LookupError(f"{self.message.name}: say in WORDS what an example of {field!r} is")
        return found

    def _integer(self, schema: Schema, field: str) -> int:
        wanted = NUMBERS.get(field, 3)
        return int(max(schema.get("minimum", 1), min(schema.get("maximum", wanted), wanted)))

    def _number(self, schema: Schema, field: str) -> float:
        return float(schema.get("minimum", 33.3))

    def _boolean(self, schema: Schema, field: str) -> bool:
        return bool(schema.get("default", True))


def _of_one_piece(made: dict[str, Any]) -> dict[str, Any]:
    """An object whose fields fit each other, each of which was made by itself."""
    if made.get("format") == "online" and "place" in made:
        made["place"] = None
    if "name" in made and "community_id" in made and not made.keys() & {"member_id", "member_ids"}:
        made["name"] = "IT Users' Community"
    if "declined_because" in made and made.get("status") != "declined":
        del made["declined_because"], made["note"]
    if "delivery_id" in made and "reason" in made:
        made["reason"] = "smtp 550 5.1.1" if made["status"] == "failed" else None
    return made

"""Examples of messages: the class's own, or one made from its schema, the same every time."""

from typing import Any

from ekkyo.docs.figures import FIGURES
from ekkyo.docs.messages import Message, Schema, json_schema
from ekkyo.docs.words import (
    DAYS,
    DEFAULT_STATUS,
    IDS,
    MEMBERS,
    NUMBERS,
    OF_SERIES,
    SHARES,
    SPECIAL,
    STATUS,
    TIMES,
    WORDS,
)


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
        if field == "format" and "hybrid" in values:
            return "hybrid"
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
        of = "member_id" if field in MEMBERS and field not in IDS else field
        return [self.make(schema["items"], of)] if "items" in schema else []

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
        return int(max(schema.get("minimum", min(1, wanted)), min(schema.get("maximum", wanted), wanted)))

    def _number(self, schema: Schema, field: str) -> float:
        return SHARES.get(field) or float(schema.get("minimum", 33.3))

    def _boolean(self, schema: Schema, field: str) -> bool:
        return bool(schema.get("default", True))


def _of_one_piece(made: dict[str, Any]) -> dict[str, Any]:
    """An object whose fields fit each other, each of which was made by itself."""
    if made.get("format") == "online" and "place" in made:
        made["place"] = None
    if "name" in made and "community_id" in made and not made.keys() & {"member_id", "member_ids", "email"}:
        made["name"] = "IT Users' Community"
    if "declined_because" in made and made.get("status") != "declined":
        del made["declined_because"], made["note"]
    if made.keys() >= {"delivery_id", "member_id", "community_id", "sponsor_id"}:
        made |= dict.fromkeys(made.keys() & {"community_id", "community_name", "sponsor_id"})
    if made.keys() >= {"connected", "host", "since"} and not made["connected"]:
        made["host"] = made["since"] = None
    if made.keys() >= {"steward", "steward_until"} and not made["steward"]:
        made["steward_until"] = None
    if made.keys() >= {"sponsor_id", "status", "reason"}:
        made["reason"] = "smtp 550 5.1.1" if made["status"] == "failed" else None
    if made.keys() >= {"output_id", "status", "reason"}:
        refused = made["status"] in ("declined", "removed")
        made["reason"] = "The link leads to a page that is gone." if refused else ""
        if made["status"] in ("proposed", "declined"):
            made["attached_at"] = None
    if made.keys() >= {"purged_at", "waits_for"}:
        made["waits_for"] = []
    if made.keys() >= {"event_id", "pulse_id"}:
        made["pulse_id"] = None
    if made.keys() >= {"introduction_id", "status", "email"} and made["status"] != "given":
        made["name"] = made["email"] = None
    if made.keys() >= {"numbers", "names", "emails"}:
        made["numbers"], made["emails"] = ["0098765"], ["hanako.suzuki@example.com"]
    if made.keys() >= {"period", "before"}:
        made["before"]["period"] = {"kind": "month", "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    for figures in FIGURES:
        if made.keys() >= figures.keys():
            made |= figures
    if made.keys() >= {"invited", "answered", "response_rate"}:
        made["response_rate"] = round(100 * made["answered"] / made["invited"], 1)
    return _of_one_registration(_of_one_event(made))


def _of_one_event(made: dict[str, Any]) -> dict[str, Any]:
    """An event has a waitlist when it is full, and attendances when it is over."""
    if made.keys() >= {"capacity", "confirmed", "waitlisted", "attended", "applied"}:
        drawn = (made.get("draw") or {}).get("stage", "held") == "held"
        over, draft = made["status"] == "concluded", made["status"] == "draft"
        full = drawn and not over and not draft
        made["confirmed"], made["waitlisted"] = (made["capacity"], 3) if full else (0, 0)
        made["attended"] = 18 if over else 0
        if draft or over:
            made["applied"] = 0
        if "kept" in made and (full or over or draft):
            made["kept"] = None if draft else 0
        if "online_taken" in made and not (full or over):
            made["online_taken"] = None if draft else 0
    return made


def _of_one_registration(made: dict[str, Any]) -> dict[str, Any]:
    """Only who waits has a position and a reason, and only who came was checked in."""
    if made.keys() >= {"status", "position"}:
        if made["status"] != "waitlisted":
            made |= {field: None for field in ("position", "waiting_because") if field in made}
        if made["status"] != "attended":
            made |= {field: None for field in ("checked_in_at", "minutes") if field in made}
        if made["status"] not in ("confirmed", "attended") and "table" in made:
            made["table"] = None
    return made

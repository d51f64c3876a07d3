"""Who was where, and with whom. Pure."""

from ekkyo_common.report.records import Records


def came_to(records: Records) -> dict[str, list[str]]:
    """Who came to each event."""
    came: dict[str, list[str]] = {event.event_id: [] for event in records.events}
    for place in records.registrations:
        if place.status == "attended":
            came[place.event_id].append(place.member_id)
    return came


def together_at(records: Records, came: dict[str, list[str]]) -> list[list[list[str]]]:
    """Of each event the groups of people who met there: its tables; without tables, all who came.

    Who came to an event with tables and sat at none, such as who is in an attendance report alone, met nobody for sure.
    """
    tables: dict[str, dict[int, list[str]]] = {}
    seated = {event.event_id for event in records.events if event.table_count}
    for at in records.registrations:
        if at.status == "attended" and at.table is not None:
            tables.setdefault(at.event_id, {}).setdefault(at.table, []).append(at.member_id)
    return [
        list(tables.get(event_id, {}).values()) if event_id in seated else [people] for event_id, people in came.items()
    ]

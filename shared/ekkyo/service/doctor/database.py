"""The database as a service needs it: reached, recent, its clock, allowed to be written to, its indexes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ekkyo.contracts.base import Refused
from ekkyo.process.doctor import Finding, either, unseen, well, wrong
from ekkyo.process.doctor.nats import clock
from ekkyo.service.settings import Settings
from ekkyo.store import Index
from ekkyo.store.inspect import inspect

OLDEST = 7
Indexes = Mapping[str, Sequence[Index]]


async def database_findings(settings: Settings, service: str, wanted: Indexes) -> list[Finding]:
    """Everything about the database. wanted: the indexes by collection."""
    asked = datetime.now(UTC)
    try:
        seen = await inspect(settings.mongo_url.get_secret_value(), settings.mongo_database, wanted)
    except Refused as refused:
        return [_trouble(refused.status, settings.mongo_database)]
    major = seen.version.split(".")[0]
    old = [f"MongoDB {seen.version}"] if not major.isdigit() or int(major) < OLDEST else []
    second = [] if seen.primary else ["it is not the primary and takes no writes"]
    missing = [
        f"{name} has none on {', '.join(field for field, _ in index.keys)}{' that is unique' * index.unique}"
        for name, indexes in wanted.items()
        for index in indexes
        if (tuple(field for field, _ in index.keys), index.unique) not in seen.indexes[name]
    ]
    count = sum(len(indexes) for indexes in wanted.values())
    return [
        well("database", f"reached, and {settings.mongo_database} may be written to"),
        either("database version", old, f"MongoDB {seen.version}", f"Run MongoDB {OLDEST} or later; tested with 8."),
        either(
            "database primary",
            second,
            "takes writes",
            "Name all members and replicaSet= in EKKYO_MONGO_URL; rs.status().",
        ),
        clock("database clock", seen.time, asked)
        if seen.time
        else unseen("database clock", "it does not report its time", "Synchronise its machine with NTP."),
        either("database indexes", missing, f"{count} in place", f"Run `ekkyo-{service} provision`."),
    ]


def _trouble(status: int, database: str) -> Finding:
    if status == 401:
        remedy = "Set user, password and authSource in EKKYO_MONGO_URL to what deploy/mongo/users.js made."
        return wrong("database", "it rejects this user or password", remedy)
    if status == 403:
        remedy = f"Give the user the role serve of {database}, as deploy/mongo/users.js makes it."
        return wrong("database", f"this user may not read and write {database}", remedy)
    return wrong("database", "it does not answer", "Check EKKYO_MONGO_URL, that MongoDB runs, and the network to it.")

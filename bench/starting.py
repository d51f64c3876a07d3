"""Provisioning, starting and stopping a service in one process with its test: what hundreds of tests do.

CPU of that process, of nats-server (its own start and the streams are in it) and of the database, each time on a new
nats-server and a new database. The first time, with what is made once per process, is not counted.
"""

import importlib
import logging
import tempfile
import time
from pathlib import Path
from statistics import mean

import structlog
from ekkyo.installation.embedded import MongoServer, start_mongo
from ekkyo.service import Service, started
from ekkyo.service.provision import provision
from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats
from ekkyo.testing.plugin import as_ops

from bench.installation import NOWHERE
from bench.load import cpu_seconds

SERVICES, ROUNDS = ("members", "events", "surveys", "notify"), 10


async def run() -> str:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    lines = [
        "| service | subscriptions | durables | process, ms | nats-server, ms | database, ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        mongo, keys = start_mongo(Path(folder) / "mongo"), Keys.make(Path(folder))
        try:
            for name in SERVICES:
                service: Service = importlib.import_module(f"ekkyo_{name}.app").service
                every = [await _once(service, Path(folder) / f"{name}-{n}", mongo, keys) for n in range(ROUNDS + 1)]
                own, nats, database = (1000 * mean(spent) for spent in zip(*every[1:], strict=True))
                asked = sum(len(router.routes) for router in service.routers)
                durables = sum(len(router.reactions) for router in service.routers)
                lines.append(
                    f"| {name} | {asked - durables} | {2 * durables} | {own:.0f} | {nats:.0f} | {database:.0f} |"
                )
        finally:
            mongo.stop()
    return "\n".join(lines)


async def _once(service: Service, folder: Path, mongo: MongoServer, keys: Keys) -> tuple[float, float, float]:
    """CPU in seconds of this process, of nats-server, and of the database."""
    own, database = time.process_time(), cpu_seconds(mongo.pid)
    nats = await Nats.start(folder)
    try:
        values = {
            "EKKYO_NATS_URL": nats.url,
            "EKKYO_NATS_NKEY_FILE": str(nats.seed(service.name)),
            "EKKYO_MONGO_URL": mongo.url,
            "EKKYO_MONGO_DATABASE": folder.name,
            "EKKYO_JWKS_FILE": str(keys.jwks_file),
            "EKKYO_HTTP_PORT": "0",
            **(NOWHERE if service.name == "notify" else {}),
        }
        settings = service.settings.load(service.name, values)
        await provision(service, as_ops(settings, nats))
        async with started(service, settings) as it:
            await it.until_ready(20)
        return time.process_time() - own, cpu_seconds(nats.server.pid), cpu_seconds(mongo.pid) - database
    finally:
        nats.server.kill()

"""What must exist before a service runs: the streams, its durable consumers, its indexes. `provision` creates them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from ekkyo.broker import STREAMS, SURVEY_KEYS, consumer_configs
from ekkyo.installation import systems
from ekkyo.installation.mirrors import provision_mirrors
from ekkyo.process.connecting import connect_once
from ekkyo.service.declaration import Service
from ekkyo.service.settings import Settings


@dataclass(frozen=True)
class Found:
    """One thing that provisioning looked at, and what became of it."""

    kind: str
    name: str
    state: str

    def __str__(self) -> str:
        return f"{self.kind:<9} {self.name:<40} {self.state}"


async def provision(service: Service, settings: Settings) -> list[Found]:
    """Make the streams, systems' mirrors, a service's durable consumers and its indexes. It is idempotent.

    Needs the permissions of the NATS user `ops`. Raises PermissionError without them; nats.errors.Error, OSError,
    Unavailable when something cannot be reached.
    """
    refused: list[str] = []

    async def note(error: Exception) -> None:
        if "ermissions" in str(error):
            refused.append(str(error))

    async with await connect_once(settings, note) as nc:
        js = nc.jetstream(timeout=5)
        try:
            found = await provision_streams(js, replicas=settings.nats_replicas)
            found += await provision_consumers(js, consumer_configs(service.routers))
            if settings.systems_file:
                known = systems.read(settings.systems_file)
                made = await provision_mirrors(nc, known, replicas=settings.nats_replicas)
                found += [Found("mirror", name, state) for name, state in made.items()]
        except TimeoutError:
            if refused:  # NATS leaves what is not permitted unanswered
                raise PermissionError(refused[-1]) from None
            raise
    async with service.store(settings) as store:
        await store.provision()
    indexed = [name for d in service.collections for name, indexes in d.indexes.items() if indexes]
    return found + [Found("indexes", f"{settings.mongo_database}/{name}", "in place") for name in indexed]


async def provision_streams(js: JetStreamContext, *, replicas: int = 1) -> list[Found]:
    """Create the streams, or correct settings that differ. Needs the permissions of the NATS user `ops`."""
    found = []
    for wanted in (*STREAMS, SURVEY_KEYS):
        config = wanted.evolve(num_replicas=replicas)
        assert config.name
        try:
            there = (await js.stream_info(config.name)).config
        except NotFoundError:
            await js.add_stream(config)
            found.append(Found("stream", config.name, "made"))
            continue
        differs = list(differences(config, there))
        if differs:
            await js.update_stream(config)
        found.append(Found("stream", config.name, f"changed {', '.join(differs)}" if differs else "as wanted"))
    return found


async def provision_consumers(js: JetStreamContext, wanted: Sequence[tuple[str, ConsumerConfig]]) -> list[Found]:
    """Create the durable consumers, or correct settings that differ; their positions in the stream are kept."""
    found, known = [], {stream: await _consumers(js, stream) for stream in {stream for stream, _ in wanted}}
    for stream, config in wanted:
        durable = config.durable_name
        assert durable
        there = known[stream].get(durable)
        if there is None:
            await js.add_consumer(stream, config)
            found.append(Found("consumer", f"{stream}/{durable}", "made"))
            continue
        differs = consumer_differences(config, there)
        if differs:
            kept = config.evolve(**{name: getattr(there, name) for name in _START})
            await js.add_consumer(stream, kept)
        state = f"changed {', '.join(differs)}" if differs else "as wanted"
        found.append(Found("consumer", f"{stream}/{durable}", state))
    return found


async def _consumers(js: JetStreamContext, stream: str) -> dict[str, ConsumerConfig]:
    """What the consumers of a stream are like, by name. The server tells of some hundreds at a time."""
    found: dict[str, ConsumerConfig] = {}
    while page := await js.consumers_info(stream, offset=len(found)):
        found |= {info.name: info.config for info in page}
    return found


_START: Final = ("deliver_policy", "opt_start_seq", "opt_start_time")
"""Where a consumer began cannot be changed afterwards, and need not be."""


def consumer_differences(wanted: ConsumerConfig, there: ConsumerConfig) -> list[str]:
    """The same of a durable consumer, but for where it began."""
    return [name for name in differences(wanted, there) if name not in _START]


def differences(wanted: Any, there: Any) -> Iterator[str]:
    """Names of the settings we state that the server has otherwise. What we leave open is the server's affair."""
    for name, value in vars(wanted).items():
        if value is None or value == vars(type(wanted)).get(name):
            continue
        have = getattr(there, name)
        if sorted(have) != sorted(value) if isinstance(value, list) and have else have != value:
            yield name

"""What must exist before a service runs: the streams, its durable consumers, its indexes. Made by `provision` alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

STREAMS: Final = (
    StreamConfig(
        name="FACTS",
        description="What happened, for everyone, for ever",
        subjects=["ekkyo.fact.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,  # a full disk refuses new facts rather than forgetting old ones
        duplicate_window=600,
        allow_direct=True,
    ),
    StreamConfig(
        name="TIMERS",
        description="What will be due, and what is due",
        subjects=["ekkyo.timer.>", "ekkyo.due.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,  # the server allows no other with schedules
        max_msgs_per_subject=1,  # moved is moved: the last schedule of a timer counts, and its last firing
        duplicate_window=120,
        allow_direct=True,
        allow_msg_ttl=True,
        allow_msg_schedules=True,
    ),
    StreamConfig(
        name="DEAD",
        description="What no reaction could take, until somebody looks at it",
        subjects=["ekkyo.dead.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        duplicate_window=600,
        allow_direct=True,
    ),
)


@dataclass(frozen=True)
class Found:
    """One thing that provisioning looked at, and what became of it."""

    kind: str
    name: str
    state: str

    def __str__(self) -> str:
        return f"{self.kind:<9} {self.name:<40} {self.state}"


async def provision_streams(js: JetStreamContext, *, replicas: int = 1) -> list[Found]:
    """Make the streams, or mend the settings that differ. Needs the rights of the NATS user `ops`."""
    found = []
    for wanted in STREAMS:
        config = wanted.evolve(num_replicas=replicas)
        assert config.name
        try:
            there = (await js.stream_info(config.name)).config
        except NotFoundError:
            await js.add_stream(config)
            found.append(Found("stream", config.name, "made"))
            continue
        differs = list(_differences(config, there))
        if differs:
            await js.update_stream(config)
        found.append(Found("stream", config.name, f"changed {', '.join(differs)}" if differs else "as wanted"))
    return found


async def provision_consumers(js: JetStreamContext, wanted: Sequence[tuple[str, ConsumerConfig]]) -> list[Found]:
    """Make the durable consumers, or mend the settings that differ; where they have got to in the stream is kept."""
    found = []
    for stream, config in wanted:
        durable = config.durable_name
        assert durable
        try:
            there = (await js.consumer_info(stream, durable)).config
        except NotFoundError:
            await js.add_consumer(stream, config)
            found.append(Found("consumer", f"{stream}/{durable}", "made"))
            continue
        differs = [name for name in _differences(config, there) if name not in _START]
        if differs:
            kept = config.evolve(**{name: getattr(there, name) for name in _START})
            await js.add_consumer(stream, kept)
        state = f"changed {', '.join(differs)}" if differs else "as wanted"
        found.append(Found("consumer", f"{stream}/{durable}", state))
    return found


_START: Final = ("deliver_policy", "opt_start_seq", "opt_start_time")
"""Where a consumer began cannot be changed afterwards, and need not be."""


def _differences(wanted: Any, there: Any) -> Iterator[str]:
    """Names of the settings we state that the server has otherwise. What we leave open is the server's affair."""
    for name, value in vars(wanted).items():
        if value is None or value == vars(type(wanted)).get(name):
            continue
        have = getattr(there, name)
        if sorted(have) != sorted(value) if isinstance(value, list) and have else have != value:
            yield name

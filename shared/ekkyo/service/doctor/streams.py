"""The streams and durable consumers that a service needs, as they are on the server."""

from collections.abc import Sequence

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from ekkyo.broker import STREAMS
from ekkyo.process.doctor import Finding, either, wrong
from ekkyo.process.doctor.nats import WITHIN
from ekkyo.service.provision import consumer_differences, differences
from ekkyo.service.settings import Settings


async def stream_findings(
    nc: Client, service: str, settings: Settings, consumers: Sequence[tuple[str, ConsumerConfig]]
) -> list[Finding]:
    """Whether they are there, as `provision` makes them."""
    js, trouble, lost = nc.jetstream(timeout=WITHIN), list[str](), set[str]()
    again = f"Run `ekkyo-{service} provision` as the NATS user ops."
    for stream in STREAMS:
        name = str(stream.name)
        try:
            there = (await js.stream_info(name)).config
        except NotFoundError:
            lost.add(name)
            trouble.append(f"{name} is missing")
        except (NatsError, TimeoutError) as error:
            return [wrong("nats streams", _unanswered(error), "Enable JetStream in the account; check its users.")]
        else:
            wanted = stream.evolve(num_replicas=settings.nats_replicas)
            trouble += [f"{name} has another {setting}" for setting in differences(wanted, there)]
    found = [either("nats streams", trouble, ", ".join(str(s.name) for s in STREAMS), again)]
    trouble = []
    for of, config in consumers:
        name = f"{of}/{config.durable_name}"
        try:
            have = (await js.consumer_info(of, str(config.durable_name))).config
        except NotFoundError:
            trouble += [f"{name} is missing"] if of not in lost else []
        except (NatsError, TimeoutError) as error:
            trouble.append(f"{name}: {_unanswered(error)}")
        else:
            trouble += [f"{name} has another {setting}" for setting in consumer_differences(config, have)]
    return [*found, either("nats consumers", trouble, f"{len(consumers)} durables", again)]


def _unanswered(error: Exception) -> str:
    return "no answer, or not allowed" if isinstance(error, TimeoutError) else type(error).__name__

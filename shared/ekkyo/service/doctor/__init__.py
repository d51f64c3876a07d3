"""Finds the usual mistakes of a new installation of a service, and says how to correct them. It changes nothing."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import partial

from nats.aio.client import Client

from ekkyo.broker import consumer_configs
from ekkyo.installation.permissions import ERASES
from ekkyo.process import doctor
from ekkyo.process.doctor import Finding
from ekkyo.process.doctor.keys import key_findings
from ekkyo.process.doctor.nats import nats_findings
from ekkyo.process.settings import TOKEN
from ekkyo.service.declaration import Service
from ekkyo.service.doctor.database import database_findings
from ekkyo.service.doctor.mirrors import mirror_findings
from ekkyo.service.doctor.streams import stream_findings
from ekkyo.service.settings import Settings


async def examine(service: Service, environ: Mapping[str, str], *, monitor: str | None = None) -> list[Finding]:
    """Everything about one service, in this environment. A token in EKKYO_TOKEN is checked too.

    monitor: the URL of NATS's own monitoring, where it may be asked.
    """
    indexes = {name: made for each in service.collections for name, made in each.indexes.items()}
    consumers = consumer_configs(service.routers)

    def looks(settings: Settings) -> Iterator[Awaitable[Sequence[Finding]]]:
        async def streams(nc: Client) -> list[Finding]:
            found = await stream_findings(nc, service.name, settings, consumers)
            return found + (await mirror_findings(nc) if service.name in ERASES else [])

        yield nats_findings(settings, monitor, streams)
        yield database_findings(settings, service.name, indexes)
        keys = partial(key_findings, settings.jwks_file, settings.token_max_seconds)
        yield asyncio.to_thread(keys, environ.get(TOKEN))
        for check in service.checks:
            yield check(settings)

    return await doctor.examine(service.name, service.settings, environ, looks)

"""Other systems' mirrors of FACTS: an erasure waits for each that holds facts about members."""

from datetime import timedelta

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError, ServiceUnavailableError

from ekkyo.installation.mirrors import FACTS, Mirror, is_ahead, mirrors
from ekkyo.process.doctor import Finding, either, wrong
from ekkyo.process.doctor.nats import WITHIN

SILENT = timedelta(seconds=15)
"""A mirror hears from FACTS once a second, also when there is nothing new."""


async def mirror_findings(nc: Client) -> list[Finding]:
    """Whether each is there, receives, and holds what FACTS holds. For a service that may look into them."""
    js = nc.jetstream(timeout=WITHIN)
    remedy = (
        "Erasures wait for it. Reload NATS's configuration, then run provision of a service as the NATS user ops. "
        "If the system was removed, see docs/decisions/systems.md."
    )
    try:
        known = await mirrors(js)
        trouble = [trouble for mirror in known if (trouble := await _trouble(js, mirror))]
    except NotFoundError:
        return []  # there is no FACTS, which another check says
    except (NatsError, TimeoutError) as error:
        return [wrong("nats mirrors", f"FACTS does not say which there are: {type(error).__name__}", remedy)]
    return [either("nats mirrors", trouble, f"{len(known)} receive facts", remedy)]


async def _trouble(js: JetStreamContext, mirror: Mirror) -> str | None:
    try:
        has = await mirror.js(js._nc).stream_info(FACTS)
    except NotFoundError:
        return f"{mirror.account} has none"
    except (NoRespondersError, ServiceUnavailableError, TimeoutError):
        return f"{mirror.account} cannot be reached"
    if await is_ahead(js, has):
        return f"{mirror.account} holds facts from before a restore"
    silent = has.mirror.active if has.mirror else None
    if silent is None or not 0 <= silent < SILENT.total_seconds() * 1e9:
        return f"{mirror.account} receives nothing"
    return None

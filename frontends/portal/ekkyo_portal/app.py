"""The portal: `ekkyo-portal serve`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts.events import EventFact
from ekkyo.installation.permissions import SERVICES
from ekkyo.process.console import Program
from ekkyo.process.doctor import Finding
from ekkyo.process.lifecycle import serve
from ekkyo.process.running import instances
from ekkyo.wire.tokens import Verifier
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.middleware import Middleware

from ekkyo_portal import doctor
from ekkyo_portal.api import Door, Facts
from ekkyo_portal.events.codes import Codes
from ekkyo_portal.lead.live import Changes
from ekkyo_portal.scim import Scim
from ekkyo_portal.serving import started
from ekkyo_portal.settings import PortalSettings
from ekkyo_portal.signin.company import Provider
from ekkyo_portal.signin.here import SigningIn
from ekkyo_portal.signin.identities import Identities
from ekkyo_portal.signin.sessions import Sessions
from ekkyo_portal.signin.signed import Signed
from ekkyo_portal.signin.tokens import Tokens
from ekkyo_portal.site import Site
from ekkyo_portal.web.asking import OverNats
from ekkyo_portal.web.headers import Guarded
from ekkyo_portal.web.origin import OwnOrigin

RECENT: Final = timedelta(seconds=10)
"""How far back a page that shows what happens begins to hear: nothing is missed between its making and its stream."""

ANSWERS_WITHIN: Final = 0.5
"""Seconds in which a service that runs says so."""


def now() -> datetime:
    return datetime.now(UTC)


def make(settings: PortalSettings) -> Callable[[Ekkyo, CollectorRegistry], Starlette]:
    """Everything that is served, given a connection to NATS."""
    tokens, signed = Tokens.read(settings.portal_key_file), Signed.read(settings.session_key_file)

    def made(ekkyo: Ekkyo, registry: CollectorRegistry) -> Starlette:
        signing_in = SigningIn(
            signed=signed,
            sessions=Sessions(signed, secure=settings.secure),
            identities=Identities(ekkyo, tokens.own),
            door=ekkyo.with_token(tokens.own),
            now=now,
            passes=settings.pass_reader(),
            opens_by_link=settings.opens_by_link,
            company=Provider.of(settings),
        )
        site = Site(
            settings, OverNats(ekkyo, tokens.of), signing_in, registry, now, codes=Codes(signed, settings.seat_reader())
        )
        site.changes = Changes(
            lambda event_id: ekkyo.facts(EventFact, entity=event_id, since=now() - RECENT),
        )
        site.running = lambda: instances(ekkyo.nc, within=ANSWERS_WITHIN, of=SERVICES)
        refused = site.measured.refused
        around = [
            Middleware(Guarded, secure=settings.secure),
            Middleware(
                OwnOrigin,
                origin=settings.portal_url,
                free=("/api/", "/scim/", "/u/"),
                refused=lambda because: refused.labels(because).inc(),
            ),
        ]
        verifier = Verifier(settings.jwks_file, settings.token_max_seconds)
        facts = Facts(ekkyo, verifier, settings.members_heard_by)
        scim = Scim(ekkyo, verifier, site.measured, settings.portal_url, settings.groups)
        more = [Door(ekkyo, site.measured, facts).route, scim.route]
        application = site.application(more=more, middleware=around)
        changes = site.changes

        async def end() -> None:
            await facts.end()
            await changes.end()

        application.state.end = end
        return application

    return made


async def run(settings: PortalSettings) -> int:
    """Serve until it is asked to stop."""
    return await serve(started(settings, make(settings)))


async def examine(environ: Mapping[str, str], monitor: str | None) -> list[Finding]:
    """What is wrong with an environment."""
    return await doctor.examine(environ, monitor)


program = Program("portal", PortalSettings, run, examine)


def main() -> None:
    """Run the console command."""
    program.run()

"""The two pages of the company's own sign-in: to the provider, and back."""

from datetime import timedelta
from typing import Final

import structlog
from ekkyo.contracts.base import Refused
from starlette.responses import RedirectResponse, Response

from ekkyo_portal.signin import onward
from ekkyo_portal.signin.company import BACK, Away, NotProven, Provider
from ekkyo_portal.signin.routes import here, section, signed_in
from ekkyo_portal.signin.sessions import held
from ekkyo_portal.web.problems import problem
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

log = structlog.stdlib.get_logger("ekkyo.portal")
BOUND: Final = "company"
"""The purpose of the cookie that binds a sign-in to the browser that began it."""
LASTS: Final = timedelta(minutes=10)


@section.get("/signin/company", who=Who.EVERYBODY)
async def to_the_company(visit: Visit) -> Response:
    """Ask the company's provider who it is."""
    provider = _provider(visit)
    if provider is None:
        return problem(visit, 404)
    try:
        address, bound = await provider.begin()
    except Away as away:
        log.warning("the company's sign-in provider cannot be used: a sign-in failed", reason=str(away))
        return visit.page("signin/nobody.html", "away", status=503)
    response = RedirectResponse(address, 303)
    value = {**bound, "next": onward.path(visit.request.query_params.get("next"))}
    made = here(visit).signed.make(BOUND, value, now=here(visit).now(), lasts=LASTS)
    here(visit).sessions.set(response, _cookie(visit), made, LASTS)
    return response


@section.get(BACK, who=Who.EVERYBODY)
async def back(visit: Visit) -> Response:
    """Sign in whom the provider names, in the browser that asked. HEAD signs nobody in."""
    provider, it = _provider(visit), here(visit)
    bound = it.signed.read_value(BOUND, held(visit.request, _cookie(visit)), now=it.now())
    if provider is None or bound is None or visit.request.method != "GET":
        return visit.page("signin/nobody.html", "company", status=400)
    if not visit.site.networks.takes(f"company/{bound['state']}"):
        return visit.page("signin/nobody.html", "company", status=429)
    try:
        who = await provider.finish(visit.request.query_params, bound)
        known = await it.identities.find(**who)
    except NotProven as no:
        log.warning("refused a sign-in: what the company's provider sent proves nothing", reason=str(no))
        return visit.page("signin/nobody.html", "company", status=403)
    except Away as away:
        log.warning("the company's sign-in provider cannot be used: a sign-in failed", reason=str(away))
        return visit.page("signin/nobody.html", "away", status=503)
    except (Refused, ValueError) as no:  # no such number or address can be
        if isinstance(no, Refused) and no.status >= 429:
            raise
        known = None
    if known is None:
        return visit.page("signin/nobody.html", "unknown", status=403)
    response = await signed_in(visit, known.member_id, bound["next"])
    it.sessions.end(response, _cookie(visit))
    return response


def _provider(visit: Visit) -> Provider | None:
    return here(visit).company


def _cookie(visit: Visit) -> str:
    return here(visit).sessions.beside("company")

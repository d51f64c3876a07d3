"""The pages of signing in and out."""

from datetime import timedelta
from typing import Final

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import SignOutEverywhere
from ekkyo.contracts.notify import BeginSignIn, FinishSignIn
from pydantic import SecretStr
from starlette.responses import RedirectResponse, Response

from ekkyo_portal.signin import onward
from ekkyo_portal.signin.here import SigningIn
from ekkyo_portal.signin.sessions import held
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

section = Section("signin")
ATTEMPT: Final = "sign-in"
"""The purpose of the cookie that binds a code to the browser that asked for it."""
LASTS: Final = timedelta(minutes=10)
LOCAL: Final = "local"


@section.get("/signin", who=Who.EVERYBODY)
async def sign_in(visit: Visit) -> Response:
    """How one can sign in here."""
    return _page(visit, Form.filled({"next": onward.path(visit.request.query_params.get("next"))}))


@section.post("/signin/mail", who=Who.EVERYBODY)
async def send_code(visit: Visit) -> Response:
    """Send a code to an address, if it is a member's; nobody is told whether it is."""
    form, it = await visit.form(), here(visit)
    if not visit.site.networks.allows(visit.request.client.host if visit.request.client else ""):
        form.wrong("email", "too_often")
        return _page(visit, form, status=429)
    attempt_id = new_id() + new_id().replace("-", "")[-12:]
    wanted = form.make(BeginSignIn, attempt_id=attempt_id, email=form["email"], locale=visit.reader.locale)
    if wanted is None:
        return _page(visit, form, status=400)
    try:
        await it.door.send(wanted)
    except Refused as no:
        if no.code != "too_many_codes":
            raise
        form.wrong("email", "too_often")
        return _page(visit, form, status=429)
    response = visit.page("signin/code.html", Form.filled({"next": onward.path(form["next"]), "email": form["email"]}))
    bound = it.signed.make(ATTEMPT, {"attempt": attempt_id, "next": form["next"]}, now=it.now(), lasts=LASTS)
    it.sessions.set(response, it.attempt_cookie, bound, LASTS)
    return response


@section.get("/signin/link", who=Who.EVERYBODY)
async def link(visit: Visit) -> Response:
    """What the link in the mail opens: a page with one button, since programs that look through mails open it too."""
    form = Form.filled({"code": visit.request.query_params.get("c", ""), "next": ""})
    return visit.page("signin/link.html", form, bound=_attempt(visit) is not None)


@section.post("/signin/code", who=Who.EVERYBODY)
async def finish(visit: Visit) -> Response:
    """Sign in with the code, or with what the link holds, in the browser that asked for it."""
    form, it, attempt = await visit.form(), here(visit), _attempt(visit)
    if attempt is None:
        form.wrong("code", "code_expired")
        return visit.page("signin/code.html", form, status=400)
    if not visit.site.networks.takes(f"attempt/{attempt['attempt']}"):
        form.wrong("code", "code_expired")  # its five tries are over long since
        return visit.page("signin/code.html", form, status=429)
    try:
        typed = SecretStr("".join(form["code"].split()) or "-")
        command = FinishSignIn(attempt_id=attempt["attempt"], finish_id=_named(it, attempt, typed), code=typed)
        member_id = (await it.door.send(command)).member_id
    except (Refused, ValueError) as no:
        code = no.code if isinstance(no, Refused) else "code_wrong"
        if code not in ("code_wrong", "code_expired"):
            raise
        form.wrong("code", code)
        return visit.page("signin/code.html", form, status=400)
    response = await signed_in(visit, member_id, attempt["next"])
    it.sessions.end(response, it.attempt_cookie)
    return response


@section.get("/signin/local", who=Who.EVERYBODY)
async def local(visit: Visit) -> Response:
    """What `ekkyo open` prints: an address that signs in, on a portal that only this machine reaches."""
    it = here(visit)
    value = it.signed.read_value(LOCAL, visit.request.query_params.get("k"), now=it.now())
    opens = visit.request.method == "GET"  # HEAD, which comes here too, signs nobody in
    if not visit.site.settings.local_sign_in or value is None or not opens:
        return visit.page("signin/nobody.html", "local", status=403)
    return await signed_in(visit, value["sub"], value.get("next", "/"))


@section.get("/signin/done")
async def done(visit: Visit) -> Response:
    """What one sees in the second window, after signing in while a form waits in the first."""
    return visit.page("signin/done.html")


@section.post("/signout", who=Who.EVERYBODY)
async def sign_out(visit: Visit) -> Response:
    """Sign this browser out."""
    response = visit.see_other("/signin", did="signin.out")
    here(visit).sessions.end(response)
    return response


@section.post("/signout/everywhere")
async def sign_out_everywhere(visit: Visit) -> Response:
    """End all sessions of the visitor; within a minute the others are out too."""
    await visit.send(SignOutEverywhere(member_id=visit.me.member_id, before=visit.now))
    here(visit).identities.forget(visit.me.member_id)
    response = visit.see_other("/signin", did="signin.out_everywhere")
    here(visit).sessions.end(response)
    return response


async def signed_in(visit: Visit, member_id: str, onto: str | None) -> Response:
    """Begin a session of a member who proved who they are, and go on to where they wanted to."""
    it = here(visit)
    it.identities.forget(member_id)
    known = await it.identities.of(member_id)
    if known is None or not known.active:
        return visit.page("signin/nobody.html", "inactive" if known else "unknown", status=403)
    response = RedirectResponse(onward.path(onto), 303)
    it.sessions.begin(response, member_id, it.now())
    return response


def _page(visit: Visit, form: Form, status: int = 200) -> Response:
    return visit.page(
        "signin/signin.html",
        form,
        status=status,
        oidc=here(visit).company and (visit.site.settings.oidc_name or visit.reader.words.signin.company),
        by_mail=visit.site.settings.mail_sign_in,
    )


def _named(it: SigningIn, attempt: dict[str, str], code: SecretStr) -> str:
    """The same for the same code of the same attempt, so that a button that is pressed twice signs in once."""
    return it.signed.proofs("finish", f"{attempt['attempt']} {code.get_secret_value()}".encode())[0].hex()[:32]


def here(visit: Visit) -> SigningIn:
    found: SigningIn = visit.site.signed_in
    return found


def _attempt(visit: Visit) -> dict[str, str] | None:
    it = here(visit)
    return it.signed.read_value(ATTEMPT, held(visit.request, it.attempt_cookie), now=it.now())

"""Signing in with the company's account in a browser, with two providers that share no code with the portal."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import oidc_provider_mock
import pytest
from ekkyo.contracts.events import EventPage, ListEvents
from ekkyo_portal.serving import Web
from ekkyo_portal.signin.company import BACK

from tests.journeys.browsing import Person, browsers
from tests.needing import needed
from tests.portal.whole import identity, served

CLIENT = {"oidc_client_id": "ekkyo", "oidc_client_secret": "s", "oidc_name": "Entra ID"}
ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1|localhost)")
"""Other sites, from which a provider's page loads its fonts: nothing is there in a test."""
HERE = Path(__file__).parent / "oidc"
MAIL = {"email": "hanako@example.com", "email_verified": True, "employee_number": "0012345"}


@contextlib.asynccontextmanager
async def in_python(back: str) -> AsyncIterator[str]:
    users = [
        oidc_provider_mock.User(sub="hanako", claims=MAIL),
        oidc_provider_mock.User(sub="nobody", claims={**MAIL, "email_verified": False}),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@contextlib.asynccontextmanager
async def in_node(back: str) -> AsyncIterator[str]:
    node = needed("node", missing="no OpenID provider: run `make browser`", packages=HERE / "node_modules")
    running = await asyncio.create_subprocess_exec(
        node, HERE / "provider.js", back, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert running.stdout
    try:
        yield (await asyncio.wait_for(running.stdout.readline(), 60)).decode().strip()
    finally:
        running.kill()
        await running.wait()


async def in_the_mocks_way(who: Person, name: str) -> None:
    await who.page.locator("input[name=sub]").fill(name)
    await who.page.get_by_role("button", name="Authorize").click()


async def in_the_strict_way(who: Person, name: str) -> None:
    await who.page.locator("input[name=login]").fill(name)
    await who.page.locator("input[name=password]").fill("any")
    await who.page.get_by_role("button", name="Sign-in").click()
    await who.page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize(
    ("provider", "proves", "claim"),
    [
        (in_python, in_the_mocks_way, ""),
        (in_node, in_the_strict_way, ""),
        (in_node, in_the_strict_way, "employee_number"),
    ],
    ids=["mock", "strict", "strict-by-number"],
)
async def test_the_companys_account_opens_what_was_asked_for(tmp_path: Path, provider, proves, claim: str) -> None:
    web = Web("127.0.0.1", 0)
    async with provider(f"http://127.0.0.1:{web.port}{BACK}") as issuer:
        people = identity("hanako"), identity("anna", name="Anna", locale="en")
        settings = {**CLIENT, "oidc_issuer": issuer, "oidc_number_claim": claim}
        async with served(tmp_path, *people, web=web, **settings) as (url, services), browsers(url, tmp_path) as them:
            services.found_by.update({("email", MAIL["email"]): "hanako", ("number", "0012345"): "anna"})
            services.answering.replies[ListEvents] = EventPage(events=[])
            somebody = await them.person("/past?q=%E8%A1%A8", locale="ja")
            await somebody.page.route(ELSEWHERE, lambda route: route.fulfill(body=""))
            await somebody.is_accessible()
            await somebody.press("Entra ID でサインイン")
            assert somebody.page.url.startswith(issuer)
            await proves(somebody, "hanako")
            await somebody.page.wait_for_url(f"{url}/past?q=%E8%A1%A8")
            await somebody.sees("終わったイベント" if not claim else "Past events")
            await somebody.page.go_back()
            await somebody.open("/")
            assert "/signin" not in somebody.page.url, "back does no harm"
            if claim:
                return
            stranger = await them.person("/signin?lang=en", size="phone", locale="en")
            stranger.expected = (403,)
            await stranger.page.route(ELSEWHERE, lambda route: route.fulfill(body=""))
            await stranger.press("Sign in with Entra ID")
            await proves(stranger, "nobody")
            await stranger.sees("We could not confirm who you are")
            await stranger.is_accessible()
            await stranger.open("/me")
            assert "/signin" in stranger.page.url

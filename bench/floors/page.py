"""The floor for a page: Starlette asks one question by hand, reads nothing of the answer, and sends a page kept ready.

FLOOR_PAGE is a file with that page; it is compressed for each request, as the portal's pages are.
"""

import asyncio
import os
from pathlib import Path

import nats
import uvicorn
from ekkyo.installation.login import Login
from ekkyo.process.http import listening
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

PAGE = Path(os.environ["FLOOR_PAGE"]).read_text()
HEADERS = {"Authorization": f"Bearer {os.environ['FLOOR_TOKEN']}"}
SUBJECT, QUESTION = os.environ["FLOOR_SUBJECT"], os.environ["FLOOR_QUESTION"].encode()


async def main() -> None:
    login = Login.from_environment(os.environ)
    nc = await nats.connect(
        os.environ["EKKYO_NATS_URL"], **login.options(), inbox_prefix=f"_INBOX.{login.user}".encode()
    )

    async def page(request: Request) -> HTMLResponse:
        reply = await nc.request(SUBJECT, QUESTION, timeout=10, headers=HEADERS)
        assert "Nats-Service-Error" not in (reply.headers or {}), reply.data
        return HTMLResponse(PAGE)

    app = Starlette(
        routes=[Route("/", page)], middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)]
    )
    at = listening("127.0.0.1", 0)
    print(at.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", interface="asgi3")
    await uvicorn.Server(config).serve(sockets=[at])


asyncio.run(main())

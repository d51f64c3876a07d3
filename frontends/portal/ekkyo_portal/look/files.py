"""Files that browsers keep: styles, scripts, icons. Their address changes with what is in them."""

import gzip
import mimetypes
from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

KEPT: Final = "public, max-age=31536000, immutable"
_TEXT: Final = ("text/", "application/javascript", "image/svg")


class Files:
    """All files of `look/static`, in memory, also compressed."""

    def __init__(self) -> None:
        found = {entry.name: entry.read_bytes() for entry in (files("ekkyo_portal.look") / "static").iterdir()}
        self.version = sha256(b"".join(found[name] for name in sorted(found))).hexdigest()[:10]
        self._files = {name: (_kind(name), data, gzip.compress(data, 9)) for name, data in found.items()}

    def address(self, name: str) -> str:
        """Where a file is: `/static/<version>/style.css`. Raises KeyError for one that is not there."""
        self._files[name]
        return f"/static/{self.version}/{name}"

    async def serve(self, request: Request) -> Response:
        """One file. An older address gives the newest file, which is not kept."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        kind, data, small = found
        kept = KEPT if request.path_params["version"] == self.version else "no-cache"
        headers = {"cache-control": kept, "vary": "accept-encoding"}
        if kind.startswith(_TEXT) and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(small, media_type=kind, headers={**headers, "content-encoding": "gzip"})
        return Response(data, media_type=kind, headers=headers)


def _kind(name: str) -> str:
    return "application/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "text/plain"

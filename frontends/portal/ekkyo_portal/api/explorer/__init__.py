"""swagger-ui 5.35.0 (Apache-2.0, see LICENSE and NOTICE), without its source maps, as files at /api/docs."""

import gzip
import mimetypes
from importlib.resources import files
from typing import Final

from starlette.responses import Response

SERVED: Final = ("index.html", "start.js", "swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


class Explorer:
    """Its files in memory, those of text also compressed."""

    def __init__(self) -> None:
        found = {name: (files(__name__) / name).read_bytes() for name in SERVED}
        self._files = {name: (data, gzip.compress(data, 9)) for name, data in found.items()}

    def file(self, name: str, encodings: str) -> Response | None:
        """One file; without a name the page. None: there is no such file."""
        name = name or "index.html"
        if name not in self._files:
            return None
        data, small = self._files[name]
        kind = "application/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
        headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
        if "gzip" in encodings and not name.endswith(".png"):
            return Response(small, media_type=kind, headers={**headers, "content-encoding": "gzip"})
        return Response(data, media_type=kind, headers=headers)

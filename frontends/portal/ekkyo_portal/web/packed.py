"""An answer that many are given: written and compressed once, not for each of them."""

import gzip
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True)
class Packed:
    """JSON as it is sent: as it is, and compressed."""

    plain: bytes
    compressed: bytes

    @classmethod
    def of(cls, text: str) -> "Packed":
        """JSON, packed."""
        plain = text.encode()
        return cls(plain, gzip.compress(plain, 5))

    def to(self, request: Request) -> Response:
        """The response to one of those who asked for it."""
        headers = {"vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self.plain, media_type="application/json", headers=headers)
        headers["content-encoding"] = "gzip"
        return Response(self.compressed, media_type="application/json", headers=headers)

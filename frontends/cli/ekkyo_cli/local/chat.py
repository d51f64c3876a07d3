"""The chat catcher: takes what an incoming webhook takes, and keeps each post as a line of JSON.

Run as `python -m ekkyo_cli.local.chat FILE PORT`.
"""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from ekkyo.installation.embedded import LOOPBACK

SIZE_LIMIT = 1024 * 1024


class Catcher(ThreadingHTTPServer):
    """An HTTP server that keeps posts in a file."""

    daemon_threads = True

    def __init__(self, file: Path, port: int) -> None:
        super().__init__((LOOPBACK, port), Post)
        self.file = file
        self.writing = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)

    def keep(self, path: str, body: object) -> None:
        line = json.dumps({"at": datetime.now(UTC).isoformat(), "path": path, "body": body}, ensure_ascii=False)
        with self.writing, self.file.open("a", encoding="utf-8") as out:
            out.write(line + os.linesep)


class Post(BaseHTTPRequestHandler):
    """One post. Answers as Slack's webhooks do: `ok`, or 400 `invalid_payload`."""

    server: Catcher
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > SIZE_LIMIT:
            self.close_connection = True
            return self._answer(413, "payload_too_large")
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            return self._answer(400, "invalid_payload")
        self.server.keep(self.path, body)
        return self._answer(200, "ok")

    def log_message(self, format: str, *args: object) -> None:
        """The path is a webhook's secret: it stays out of the log."""

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def serve(file: Path, port: int) -> None:
    """Take posts until asked to stop."""
    server = Catcher(file, port)

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))

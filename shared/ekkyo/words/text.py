"""Texts of people made safe to show: one line or several, and addresses of the web."""

import re

_UNSEEN = re.compile("[\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff]")
"""Characters that are not seen, or that turn the direction of the text after them."""


_BREAKS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
"""Control characters, separators of lines and paragraphs, and halves of characters."""


def one_line(text: str, limit: int = 200) -> str:
    """The text without line breaks, control characters and unseen ones: safe in a header, a subject, a list."""
    if not text.isprintable():  # all of those are not, and nearly all texts are
        text = _BREAKS.sub(" ", _UNSEEN.sub("", text))
    shown = " ".join(text.split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def several_lines(text: str, limit: int = 5000) -> str:
    """Free text without control characters, its lines kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(one_line(line, limit) for line in lines).strip()[:limit]


def http_url(url: str | None) -> str | None:
    """The address if it is one of the web and has nothing in it that could end a link."""
    if url and url.startswith(("https://", "http://")) and not any(c.isspace() or c in '<>"' for c in url):
        return url
    return None

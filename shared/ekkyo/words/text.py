"""Texts of people made safe to show: one line or several, and addresses of the web."""

import unicodedata

_UNSEEN = {0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
"""Characters that are not seen, or that turn the direction of the text after them."""


def one_line(text: str, limit: int = 200) -> str:
    """The text without line breaks, control characters and unseen ones: safe in a header, a subject, a list."""
    shown = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text if ord(c) not in _UNSEEN
    )
    shown = " ".join(shown.split())
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

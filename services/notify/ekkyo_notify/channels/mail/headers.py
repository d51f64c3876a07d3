"""Header fields as bytes: folded (RFC 5322, 2.2.3), and encoded where they are not ASCII (RFC 2047)."""

import base64
import re

LINE = 78
"""Characters of a line at most, without its end (RFC 5322, 2.1.1). Only what cannot be folded may be longer."""
WORD = 75
"""Characters of an encoded word at most (RFC 2047, 2)."""
_BEFORE, _AFTER = "=?utf-8?b?", "?="
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
"""Atoms and spaces: a display name that needs no quotes (RFC 5322, 3.2.3)."""


def header(name: str, text: str, address: str = "", *, angled: bool = False) -> bytes:
    """A header field, or one that names somebody at an address. Raises ValueError when it holds a line break.

    angled: the address stands in angle brackets without a name too.
    """
    if len(text.splitlines()) > 1 or not address.isascii() or any(c.isspace() for c in address):
        raise ValueError("a header is one line")
    tokens = _tokens(name, text, quoted=bool(address))
    if address:
        tokens.append(f"<{address}>" if text or angled else address)
    return f"{name}:{_folded(len(name) + 1, tokens)}\r\n".encode("ascii")


def _tokens(name: str, text: str, *, quoted: bool) -> list[str]:
    """What a line may be folded between."""
    if not text:
        return []
    plain = text.isascii() and text.isprintable() and text == " ".join(text.split()) and "=?" not in text
    plain = plain and not (quoted and ('"' in text or "\\" in text))
    if not plain or any(len(word) > LINE - 3 for word in text.split(" ")):  # 3: the space before it, and quotes
        return _encoded(text, first=LINE - len(name) - 2)
    if quoted and not _PHRASE.fullmatch(text):
        text = f'"{text}"'
    return text.split(" ")


def _encoded(text: str, *, first: int) -> list[str]:
    """The text as encoded words; no character is cut in two. first: the space for the first word on its line."""
    words: list[str] = []
    chunk, space = b"", _bytes_in(min(first, WORD))
    for character in text:
        data = character.encode("utf-8", "replace")
        if chunk and len(chunk) + len(data) > space:
            words.append(_word(chunk))
            chunk, space = b"", _bytes_in(WORD)
        chunk += data
    return [*words, _word(chunk)]


def _bytes_in(characters: int) -> int:
    """So many bytes fit into an encoded word of this length: base64 makes four characters of three."""
    return (characters - len(_BEFORE) - len(_AFTER)) // 4 * 3


def _word(data: bytes) -> str:
    return _BEFORE + base64.b64encode(data).decode("ascii") + _AFTER


def _folded(used: int, tokens: list[str]) -> str:
    """The tokens with a space before each, on lines as short as they can be."""
    lines = ""
    for token in tokens:
        if used + 1 + len(token) > LINE:
            lines, used = lines + "\r\n", 0
        lines += " " + token
        used += 1 + len(token)
    return lines

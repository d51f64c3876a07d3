"""Text as it is compared, however it was typed."""

import unicodedata


def plain(text: str) -> str:
    """What is searched by: the same for full and half width, capitals and small letters, with and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())

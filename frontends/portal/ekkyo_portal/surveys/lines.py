"""Choices and rows as leaders write them, one in a line, with the keys that they keep. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from ekkyo.contracts.surveys import OTHER

Key = tuple[str, str, str]
"""A choice: its key, and its words in Japanese and English."""


def keyed(known: Sequence[Key], pairs: Sequence[tuple[str, str]], letter: str) -> list[Key]:
    """Lines with their keys. A line that stays keeps its key; others get a new one, but for one in the place of a line
    that is gone: it has the key of that, since it says the same in other words.
    """
    keys: list[str] = []
    left = {key: (ja, en) for key, ja, en in known}
    for ja, en in pairs:
        same = next((key for key, words in left.items() if (ja and words[0] == ja) or (en and words[1] == en)), "")
        left.pop(same, None)
        keys.append(same)
    used = {key for key, *_ in known} | {OTHER}
    for i, key in enumerate(keys):
        if not key and i < len(known) and known[i][0] in left:
            keys[i] = known[i][0]
        elif not key:
            keys[i] = next(new for n in range(1, 200) if (new := f"{letter}{n}") not in used)
        used.add(keys[i])
    return [(key, ja, en) for key, (ja, en) in zip(keys, pairs, strict=True)]


def choices(keys: Sequence[Key]) -> list[dict[str, Any]]:
    return [
        {"key": key, "label": {locale: text for locale, text in (("ja", ja), ("en", en)) if text}}
        for key, ja, en in keys
    ]


def lines(what: str, keys: Sequence[Key]) -> dict[str, str]:
    """One in a line, in each language that all are told in."""
    both = {"ja": [ja for _, ja, _ in keys], "en": [en for _, _, en in keys]}
    return {f"{what}_{locale}": "\n".join(line for line in lines if line) for locale, lines in both.items()}


def known(text: str) -> list[Key]:
    """The keys that a form carried; none where it is not one of ours."""
    try:
        return [(str(key), str(ja), str(en)) for key, ja, en in json.loads(text or "[]")][:50]
    except (ValueError, TypeError):
        return []


def carried(keys: Sequence[Key]) -> str:
    """Keys as a form carries them."""
    return json.dumps(list(keys), ensure_ascii=False)

"""What the receiving mail server says of a sender: Authentication-Results (RFC 8601).

Only fields of the configured authserv-id count: anybody can write others. A server adds its own above what came in, so
of each method the topmost field counts.
"""

import re
from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 8_000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="]+|[;=]')
_METHODS: Final = {"dmarc": "header.from", "dkim": "header.d", "spf": "smtp.mailfrom"}
"""Methods, and the property that says whose domain they are about."""
Result = tuple[str, str, str]
"""Method, result, domain."""


def vouched(fields: Sequence[str], authserv_id: str, sender_domain: str) -> bool | None:
    """Whether the server vouches for a sender in this domain; None where it says nothing, or none is configured."""
    topmost: dict[str, list[Result]] = {}
    for field in fields if authserv_id else ():
        found = results(field, authserv_id)
        for method in {method for method, _, _ in found} - topmost.keys():
            topmost[method] = [one for one in found if one[0] == method]
    if not topmost:
        return None
    policy = {result for _, result, _ in topmost.get("dmarc", ())}
    if policy & {"pass", "fail"}:
        return policy == {"pass"} and all(_same(domain, sender_domain) for _, _, domain in topmost["dmarc"] if domain)
    passed = [domain for method in ("dkim", "spf") for _, result, domain in topmost.get(method, ()) if result == "pass"]
    return any(_same(domain, sender_domain) for domain in passed)


def results(field: str, authserv_id: str) -> list[Result]:
    """What a field of this server says of the methods that count; nothing for another's field."""
    if len(field) > _LONGEST:
        return []
    statements: list[list[str]] = [[]]
    for word in _TOKEN.findall(_without_comments(field)):
        if word == ";":
            statements.append([])
        else:
            statements[-1].append(word)
    head = statements[0]
    if not head or head[0].strip('"').lower() != authserv_id.lower():
        return []
    return [found for said in statements[1:] if (found := _result(said))]


def _result(said: list[str]) -> Result | None:
    """`dkim=pass header.d=example.com`, as tokens."""
    pairs = [(said[n - 1].lower(), said[n + 1].strip('"').lower()) for n in range(1, len(said) - 1) if said[n] == "="]
    if not pairs:
        return None
    method, result = pairs[0]
    method = method.partition("/")[0]
    if method not in _METHODS:
        return None
    properties = dict(reversed(pairs[1:]))  # the first of a name counts
    domain = properties.get(_METHODS[method], "") or (properties.get("header.i", "") if method == "dkim" else "")
    return method, result, domain.rpartition("@")[2].strip("<>.")


def _without_comments(text: str) -> str:
    kept, depth, quoted, escaped = [], 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
            kept.append(" ")
            continue
        elif character == ")" and not quoted and depth:
            depth -= 1
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)


def _same(one: str, other: str) -> bool:
    """Whether one domain is the other, or lies in it: what DMARC calls aligned, without a list of public suffixes."""
    one, other = one.lower(), other.lower()
    return bool(one and other) and (
        one == other or (one.endswith(f".{other}") and "." in other) or (other.endswith(f".{one}") and "." in one)
    )

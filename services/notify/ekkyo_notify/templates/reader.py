"""Who reads a message."""

from dataclasses import dataclass

from ekkyo.contracts.members import Locale


@dataclass(frozen=True)
class Reader:
    """Who reads: a member by name, or everyone in a chat."""

    locale: Locale
    timezone: str
    community: str
    name: str | None = None
    colour: str | None = None
    """The community's."""
    logo: str = ""
    """The community's, as a PNG in base64; empty where it has none."""

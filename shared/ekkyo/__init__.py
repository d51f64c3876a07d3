"""Ekkyo: what every service shares. `ekkyo.contracts` needs pydantic alone; the rest needs the extra it names."""

__version__ = "0.1.0"

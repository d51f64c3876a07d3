"""What is held on a member: gathered from all services, and written as a file for programs or for people."""

from ekkyo_common.held.gathering import Part, as_json, away, gathered
from ekkyo_common.held.page import as_page

__all__ = ["Part", "as_json", "as_page", "away", "gathered"]

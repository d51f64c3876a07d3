"""The names by which the company's directory knows a member."""

from ekkyo.contracts.base import Instant
from ekkyo.decision import Document
from pydantic import BaseModel, computed_field


class Directory(BaseModel):
    """Under which names the company's directory knows a member whom it provisions."""

    user_name: str
    external_id: str | None = None
    since: Instant | None = None
    """When it created them; None: before this was kept."""


class InDirectory(Document):
    """Somebody whom the company's directory may know."""

    directory: Directory | None = None
    """None: the company's directory does not provision them."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def user_name(self) -> str | None:
        """The directory's name of them, for looking them up whatever the case of its letters."""
        return self.directory.user_name.casefold() if self.directory else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def external_id(self) -> str | None:
        """The directory's id of them, for looking them up."""
        return self.directory.external_id if self.directory else None

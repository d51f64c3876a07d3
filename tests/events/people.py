"""What is known of members, for tests of decisions."""

from ekkyo_events.model import Lot, People, Person


class Known(dict[str, Person | None]):
    """Looked up, all of them; of those who are not in it nothing was heard."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> None:
        return None


EVERYBODY = People(Known(), sat_at={})
"""Of nobody is anything known, so everybody may have a seat."""


def gone(*members: str) -> People:
    """These have left the company."""
    return People(Known({member: Person(id=member, active=False) for member in members}))


LOT = Lot("d1", "5eed" * 16)
"""The id and the secret of a draw."""

"""The report from facts alone, where two records became one, and two again."""

from ekkyo.contracts import events as e
from ekkyo_common.report.places import Apart, Place, moved

EVENT = e.EventState.model_construct(event_id="e1")


def place(status: e.RegistrationStatus, registration_id: str) -> Place:
    found = Place()
    found.status, found.registration_id, found.registered = status, registration_id, True
    return found


def told(
    member: str, of: str, status: e.RegistrationStatus, registration_id: str, **more: object
) -> e.RegistrationMoved:
    fields = {"event_id": "e1", "event": EVENT, "member_id": member, "from_member_id": of, "status": status}
    return e.RegistrationMoved.model_construct(**fields, registration_id=registration_id, **{"left": None} | more)


def shown(there: dict[str, Place]) -> dict[str, str | None]:
    return {member: there[member].status for member in sorted(there)}


def test_a_place_is_counted_once_and_is_the_absorbed_records_again():
    there, apart = {"m2": place("confirmed", "r2")}, Apart()
    moved(there, apart, told("m1", "m2", "confirmed", "r2"))
    assert shown(there) == {"m1": "confirmed"}
    moved(there, apart, told("m2", "m1", "attended", "r2"))
    assert shown(there) == {"m2": "attended"}
    assert (there["m2"].registered, apart) == (True, {})


def test_of_two_places_the_better_one_stays():
    there, apart = {"m1": place("waitlisted", "r1"), "m2": place("confirmed", "r2")}, Apart()
    moved(there, apart, told("m1", "m2", "confirmed", "r2"))
    assert shown(there) == {"m1": "confirmed"}
    moved(there, apart, told("m2", "m1", "confirmed", "r2", left="waitlisted"))
    assert shown(there) == {"m1": "waitlisted", "m2": "confirmed"}


def test_a_place_that_was_given_up_comes_back_beside_the_other_one():
    there, apart = {"m1": place("confirmed", "r1"), "m2": place("confirmed", "r2")}, Apart()
    moved(there, apart, told("m1", "m2", "confirmed", "r1"))
    assert shown(there) == {"m1": "confirmed"}
    moved(there, apart, told("m2", "m1", "waitlisted", "r2", left="confirmed"))
    assert shown(there) == {"m1": "confirmed", "m2": "waitlisted"}

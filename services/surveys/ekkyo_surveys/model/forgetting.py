"""Forgetting somebody who was erased: what a survey counts stays, and nothing of it leads to them. Pure."""

from ekkyo.decision import Decision, Entries

from ekkyo_surveys.model.survey import Part, Survey


def forget(survey: Survey, parts: Entries[Part], member_id: str) -> Decision[Survey, None]:
    """Invite a member no more, and take their id off what they said in a survey that is not anonymous.

    Of an anonymous one no box is touched: there is nothing of theirs to be found in it, by nobody.
    """
    mine = parts.get(member_id)
    if mine is None or mine.member_id is None:
        return Decision(survey, None)
    gone = {"member_id": None, "draft": None, "drafted": None}
    boxes = parts.all(kind="box") if mine.answered and not survey.anonymous else []
    theirs = [box for box in boxes if any(r.member_id == member_id for r in box.responses)]
    return Decision(
        survey,
        None,
        entries=[mine.model_copy(update=gone), *(_without(box, member_id) for box in theirs)],
    )


def _without(box: Part, member_id: str) -> Part:
    said = [r.model_copy(update={"member_id": None}) if r.member_id == member_id else r for r in box.responses]
    return box.model_copy(update={"responses": sorted(said, key=lambda r: r.text)})

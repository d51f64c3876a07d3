"""An event whose leader decides who comes: whoever applies answers questions, and some are declined with a reason."""

from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e

STAGES: Final = ["試してみた", "仕事で使っている", "まだ何もしていない"]
QUESTIONS: Final = [
    e.RegistrationQuestion(
        key="stage", kind="choice", text="このテーマでどこまでやりましたか", choices=STAGES, required=True
    ),
    e.RegistrationQuestion(
        key="what",
        kind="text",
        text="何を見せてくれますか",
        shown_if=e.ShownIf(question="stage", answer=STAGES[1]),
    ),
]
"""What is asked of everybody who applies for a seat."""


def answers(number: int) -> e.RegistrationAnswers:
    """What the so-manieth to apply answers."""
    stage = STAGES[number % len(STAGES)]
    return {"stage": stage, "what": "自分の集計表"} if stage == STAGES[1] else {"stage": stage}


async def decide(leader: Ekkyo, event: e.EventState) -> tuple[int, int]:
    """Read the answers, decline who has done nothing on the theme yet, approve the others; how many of each."""
    told = await leader.ask(e.GetAnswers(event_id=event.event_id))
    page = await leader.ask(e.GetRoster(event_id=event.event_id, status=["applied"]))
    beginners = {one.member_id for one in told.entries if one.answers.get("stage") == STAGES[2]}
    wishes = [
        e.Application(member_id=one.member_id, registration_id=one.registration_id)
        for one in page.registrations
        if one.registration_id
    ]
    declined = [one for one in wishes if one.member_id in beginners]
    approved = [one for one in wishes if one.member_id not in beginners]
    await leader.send(e.DeclineApplications(event_id=event.event_id, applications=declined, reason="prerequisites"))
    await leader.send(e.ApproveApplications(event_id=event.event_id, applications=approved))
    return len(approved), len(declined)

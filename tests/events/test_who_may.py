"""Every operation says who may use it: the whole table, asked one by one."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts import events
from ekkyo.contracts.base import Command, Question, Refused, all_messages, name_of, new_id
from ekkyo.contracts.events import Attendee, EventDetails
from ekkyo.decision.clock import utcnow
from ekkyo_events.app import service

DETAILS = EventDetails(title="英語でランチ", format="online", url_follows=True, capacity=3)
START = utcnow() + timedelta(days=2)
OUTPUT = events.OutputDetails(kind="slides", title="Macros", url="https://x.example/1", authors=["m1"])
TIMES = {"starts_at": START, "ends_at": START + timedelta(hours=1)}
RECURS = {"starts": f"{START:%Y-%m-%dT%H:%M}", "minutes": 60, "rule": "FREQ=WEEKLY;COUNT=2"}
APPLICATION = events.Application(member_id="m1", registration_id="r1")
LEADERS = {"leader:c1", "steward", "system"}

# What each operation is asked with besides the event's id, and who may: any of the roles, the member it names (self),
# or whoever has a token (member).
TABLE: dict[type[Any], tuple[dict[str, Any], set[str]]] = {
    events.DraftEvent: ({"community_id": "c1", "details": DETAILS, **TIMES}, LEADERS),
    events.PublishEvent: ({}, LEADERS),
    events.ReviseEvent: ({"details": DETAILS}, LEADERS),
    events.RescheduleEvent: (TIMES, LEADERS),
    events.SetTerms: ({"terms": {}}, LEADERS),
    events.InviteMembers: ({"invitation_id": "i1", "members": ["m1"]}, LEADERS),
    events.UninviteMember: ({"member_id": "m1"}, LEADERS),
    events.PreviewInvitation: ({"members": ["m1"]}, LEADERS),
    events.ListInvitees: ({}, LEADERS),
    events.ApproveApplications: ({"applications": [APPLICATION]}, LEADERS),
    events.DeclineApplications: ({"applications": [APPLICATION], "reason": "full"}, LEADERS),
    events.CancelEvent: ({}, LEADERS),
    events.ConcludeEvent: ({}, LEADERS),
    events.RegisterForEvent: ({"member_id": "m1", "registration_id": "r1"}, {*LEADERS, "self"}),
    events.RegisterGroup: ({"member_id": "m1", "group_id": "g1", "with_members": ["m2"]}, {*LEADERS, "self"}),
    events.ChangeAttend: ({"member_id": "m1", "attend": "online"}, {*LEADERS, "self"}),
    events.WithdrawFromEvent: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.CheckIn: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.UndoCheckIn: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.ImportAttendance: ({"attendees": [Attendee(member_id="m1")]}, LEADERS),
    events.SeatTables: ({"seating_id": "t1", "size": 4}, LEADERS),
    events.MoveSeat: ({"member_id": "m1", "table": 1}, LEADERS),
    events.GetTables: ({}, LEADERS),
    events.MyTable: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.SetQuestions: ({"questions": []}, LEADERS),
    events.AnswerQuestions: ({"member_id": "m1", "answers": {}}, {*LEADERS, "self"}),
    events.GetRegistrationForm: ({}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.GetAnswers: ({"member_id": "m1"}, {"self", "leader:c1", "steward"}),
    events.GetEvent: ({}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.ListEvents: ({}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.GetRoster: ({}, LEADERS),
    events.GetDoorWord: ({}, LEADERS),
    events.GetCalendar: ({"member_id": "m1", "starts_from": START}, {"self", "steward", "system"}),
    events.MyEvents: ({"member_id": "m1"}, {"self", "steward", "system"}),
    events.HeldByEvents: ({"member_id": "m1"}, {"self", "steward"}),
    events.MyRegistration: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.DuplicateEvent: ({"like": None, **TIMES}, LEADERS),
    events.PlanSeries: ({"community_id": "c1", "details": DETAILS, **RECURS}, LEADERS),
    events.ReviseSeries: ({"change_id": "ch1", "details": DETAILS}, LEADERS),
    events.RescheduleSeries: ({"change_id": "ch1", "clock": "19:00", "minutes": 60}, LEADERS),
    events.ChangeSeriesRule: ({**RECURS, "change_id": "ch1"}, LEADERS),
    events.PreviewSeriesRule: (RECURS, LEADERS),
    events.CancelSeries: ({"change_id": "ch1"}, LEADERS),
    events.RegisterForSeries: ({"member_id": "m1", "registration_id": "r1"}, {*LEADERS, "self"}),
    events.WithdrawFromSeries: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.PreviewSeries: (RECURS, {*LEADERS, "leader:c2"}),
    events.GetSeries: ({}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.AttachOutput: ({"community_id": "c1", "member_id": "m1", "details": OUTPUT}, {*LEADERS, "self"}),
    events.ConfirmOutput: ({}, LEADERS),
    events.ReviseOutput: ({"details": OUTPUT}, LEADERS),
    events.DeclineOutput: ({"reason": "No."}, LEADERS),
    events.RemoveOutput: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.GetOutput: ({}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.Board: ({}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.ProposedOutputs: ({"community_id": "c1"}, LEADERS),
    events.CountEvents: ({"community_id": "c1", "spans": []}, {*LEADERS, "self", "member", "leader:c2", "leader"}),
    events.GetFigures: ({"community_id": "c1"}, LEADERS),
    events.GetOverbookingAdvice: ({}, LEADERS),
    events.NameHost: ({"member_id": "m1"}, LEADERS),
    events.RemoveHost: ({"member_id": "m1"}, {*LEADERS, "self"}),
    events.ListHosted: ({"member_id": "m1"}, {"self", "steward", "system"}),
}
CALLERS = {
    "self": ("m1", ()),
    "member": ("m2", ()),
    "leader": ("boss", ("leader", "self")),
    "leader:c1": ("boss", ("leader:c1",)),
    "leader:c2": ("boss", ("leader:c2",)),
    "steward": ("boss", ("steward",)),
    "system": ("portal", ("system",)),
}


def test_the_table_knows_every_operation_and_the_service_answers_each() -> None:
    operations = {*all_messages(Command, events), *all_messages(Question, events)}
    assert set(TABLE) == operations
    answered = {getattr(to, "message", None) for router in service.routers for to, _ in router.routes}
    assert operations <= answered


@pytest.mark.parametrize("caller", CALLERS)
async def test_who_may_and_who_may_not(scene: Any, caller: str) -> None:
    sub, roles = CALLERS[caller]
    client = await scene.as_(sub, *roles)
    wrong = []
    for operation, (fields, may) in TABLE.items():
        has_id = "event_id" in operation.model_fields
        event_id = {}
        if has_id and operation is not events.DraftEvent:
            event_id = {"event_id": (await scene.published(starts_in=1800)).event_id}
        elif has_id:
            event_id = {"event_id": new_id()}
        if operation is events.DuplicateEvent:
            fields = fields | {"like": event_id["event_id"]}
            event_id = {"event_id": new_id()}
        if "series_id" in operation.model_fields:
            event_id = {"series_id": new_id()}
            if operation is not events.PlanSeries:
                await scene.leads(events.PlanSeries(community_id="c1", details=DETAILS, **event_id, **RECURS))
        if "output_id" in operation.model_fields:
            event_id = {"output_id": new_id()}
            if operation is not events.AttachOutput:
                await scene.leads(events.AttachOutput(community_id="c1", details=OUTPUT, **event_id))
        message = operation(**event_id, **fields)
        try:
            await (client.send(message) if issubclass(operation, Command) else client.ask(message))
            status = 200
        except Refused as refused:
            status = refused.status
        if (status == 403) != (caller not in may):
            wrong.append(f"{name_of(operation)}: {status}")
    assert wrong == []


async def test_without_a_token_nothing_is_answered(scene: Any, nats: Any) -> None:
    event = await scene.published()
    async with await nats.connect("outside") as connection:
        for operation, (fields, _) in TABLE.items():
            has_id = {
                name: event.event_id
                for name in ("event_id", "series_id", "output_id")
                if name in operation.model_fields
            }
            fields = fields | ({"like": event.event_id} if "like" in fields else {})
            body = operation(**has_id, **fields).model_dump_json().encode()
            reply = await connection.request(operation.subject, body, timeout=5)
            assert reply.headers["Nats-Service-Error-Code"] == "401", operation.subject

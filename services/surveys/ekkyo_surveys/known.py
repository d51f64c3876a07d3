"""What is known of those a survey is to invite, gathered for the decision that invites them."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from ekkyo.broker import Heard, NotYet
from ekkyo.contracts.events import CheckInUndone, EventConcluded, MemberAttended
from ekkyo.contracts.surveys import (
    Form,
    OpenSurvey,
    PlanPulse,
    VocabularyState,
    pulse_of,
    survey_of_pulse,
    templates_of,
    vocabulary_id_of,
)
from ekkyo.words.themes import Vocabulary, starting, vocabulary_of
from faststream import Context, ContextRepo

from ekkyo_surveys import forms, model
from ekkyo_surveys.store import KnownEvents, People, Pulses, Surveys, Templates, Vocabularies

PROJECTIONS = ("surveys-people",)
"""The durables that hear of members."""
TURNS = 100
"""Surveys that are looked at for whose turn it is, the newest ones."""
OPENING = ("surveys-open_after_event",)
"""The durable that invites who came."""


@dataclass
class Knowledge:
    """The service's projections, and its own surveys."""

    surveys: Surveys
    people: People
    known_events: KnownEvents
    vocabularies: Vocabularies
    templates: Templates
    pulses: Pulses
    heard: Heard
    opened: Heard

    @classmethod
    async def open(cls, context: ContextRepo) -> None:
        """Make it known to handlers as `knowledge`."""
        names = ("surveys", "people", "known_events", "vocabularies", "templates", "pulses")
        broker = context.get("broker")
        given = {name: context.get(name) for name in names}
        context.set_global("knowledge", cls(**given, heard=Heard(broker, PROJECTIONS), opened=Heard(broker, OPENING)))

    async def of(self, members: Iterable[str]) -> dict[str, model.Person]:
        """Those of these who are known, by id."""
        found = await self.people.find({"id": {"$in": sorted(set(members))}}, limit=0)
        return {person.id: person for person in found}

    async def words(self, survey_id: str) -> Vocabulary:
        """The vocabulary of the community whose survey this is."""
        survey = await self.surveys.get(survey_id)
        return await self.words_of(survey.community_id) if survey else starting()

    async def words_of(self, community_id: str) -> Vocabulary:
        """The vocabulary of a community."""
        return vocabulary_of(await self.changed_words(community_id))

    async def changed_words(self, community_id: str) -> VocabularyState | None:
        """What the leaders of a community made of the starter vocabulary. None: nothing."""
        changed = await self.vocabularies.get(vocabulary_id_of(community_id))
        return changed.told() if changed else None

    async def who_came(self, fact: EventConcluded | MemberAttended) -> tuple[list[str], dict[str, model.Person]]:
        """Who came to an event that is over, and those of them who are known, by id: others never registered.

        Of a record that is part of another one by now, that one came.

        Raises NotYet while facts about members that are older than this one are still coming in.
        """
        came = model.came_to_what_is_over(fact)
        if came and not await self.heard.soon(fact.meta.sequence):
            raise NotYet("facts about members are still coming in")
        people = await self.of(came)
        while into := {one.id: one.merged_into for one in people.values() if one.merged_into}:
            came = list(dict.fromkeys(into.get(one, one) for one in came))
            people = {**{id: one for id, one in people.items() if id not in into}, **await self.of(into.values())}
        return came, people

    async def all_opened(self, fact: CheckInUndone) -> None:
        """Raises NotYet while somebody is still being invited who was found to have come before this."""
        if not await self.opened.soon(fact.meta.sequence):
            raise NotYet("those who came are still being invited")

    async def for_survey(self, cmd: OpenSurvey, now: datetime, until: datetime) -> model.Known:
        """What decides whether a survey may be opened by hand. until: how long nobody else opens an anonymous one."""
        parts = await self.surveys.entries(cmd.survey_id, where={"kind": "participation"})
        everybody = {*cmd.invited, *(part.key for part in parts if not part.moved)}
        others = await self._others(cmd.survey_id, everybody, now) if cmd.anonymous else []
        several = await self._invited(other.id for other in others) if len(others) > 1 else {}
        return model.Known(
            people=await self.of(cmd.invited),
            event=await self.known_events.get(cmd.event_id) if cmd.event_id else None,
            others=others,
            groups=[everybody, *several.values()] if several else [],
            everybody=len(everybody),
            form=await self.own_form(cmd),
            until=until,
        )

    async def to_invite(self, cmd: OpenSurvey, now: datetime) -> model.Members | None:
        """The members among whom a survey by hand invites everybody or a sample; None: it names them, or it is open."""
        if cmd.whom == "named" or await self.surveys.get(cmd.survey_id):
            return None
        return await self.members(cmd.community_id, now)

    async def to_compare(self, survey_id: str, now: datetime) -> list[str]:
        """Anonymous surveys of the last days with the same questions, open or closed, that are compared with this one.

        Surveys after events ask about different things, and are not compared with each other.
        """
        survey = await self.surveys.get(survey_id)
        if survey is None or not survey.anonymous or survey.status == "closed":
            return []
        where = {"anonymous": True, "template": survey.template, "opened_at": {"$gte": now - model.COMPARED_FOR}}
        found = await self.surveys.find(where, limit=0)
        return [one.id for one in found if one.id != survey_id and not (one.is_after_event and survey.is_after_event)]

    async def told(self, survey_ids: list[str]) -> list[set[str]]:
        """Who answered those of these surveys whose results are told."""
        found = await self.surveys.find({"id": {"$in": survey_ids}, "status": "closed"}, limit=0)
        told = [survey.id for survey in found if survey.results and not survey.results.suppressed]
        answered: dict[str, set[str]] = {}
        for part in await self._participations(told):
            if part.answered and not part.copied:
                answered.setdefault(part.document_id, set()).add(part.key)
        return list(answered.values())

    async def _invited(self, survey_ids: Iterable[str]) -> dict[str, set[str]]:
        invited: dict[str, set[str]] = {}
        for part in await self._participations(survey_ids):
            if part.moved:
                continue
            invited.setdefault(part.document_id, set()).add(part.key)
        return invited

    async def _participations(self, survey_ids: Iterable[str]) -> list[model.Part]:
        where = {"document_id": {"$in": sorted(survey_ids)}, "kind": "participation"}
        return await self.surveys.find_entries(where, limit=0)

    async def own_form(self, cmd: OpenSurvey) -> Form | None:
        """The questions of a template that the leaders of the community wrote; None: it is not one of theirs."""
        return await self._own_form(cmd.community_id, cmd.template)

    async def for_pulse(self, cmd: PlanPulse) -> tuple[bool, int]:
        """Whether surveys can be opened with a template, and how many other active pulses the community has."""
        own = await self._own_form(cmd.community_id, cmd.template)
        found = await self.pulses.find({"community_id": cmd.community_id}, limit=0)
        others = [one for one in found if not one.ended and one.id != pulse_of(cmd.community_id, cmd.pulse)]
        return own is not None or cmd.template in forms.BUILT_IN, len(others)

    async def day_of_pulse(self, pulse_id: str, now: datetime) -> model.Day | None:
        """The day of a pulse that has come, with the members who can be asked; None: none has."""
        pulse = await self.pulses.get(pulse_id)
        on = model.due_on(pulse, now)
        if pulse is None or on is None:
            return None
        template, community_id = pulse.plan.template, pulse.community_id
        own = await self._own_form(community_id, template)
        form = forms.newest(template) if template in forms.BUILT_IN else own
        members = await self.members(community_id, now, besides=survey_of_pulse(pulse_id, on), pulse_id=pulse_id)
        return model.Day(pulse, on, members, form, own_form=own is not None)

    async def members(
        self, community_id: str, now: datetime, *, besides: str = "", pulse_id: str | None = None
    ) -> model.Members:
        """The members of a community, those who were asked lately, and whom surveys ask that a sample is compared with.

        besides: the survey that the sample is for. pulse_id: the pulse whose turn it is; without one, that of all
        surveys of the community that did not open after an event.
        """
        there, recent = await asyncio.gather(self._there(community_id), self._recent(now, besides))
        of = {"pulse_id": pulse_id} if pulse_id else {"community_id": community_id}
        before = await self.surveys.find(of, sort="-opened_at", limit=TURNS)
        turns = [one for one in before if not one.is_after_event and one.id != besides]
        turns = model.looked_at(turns, len(there))
        invited = await self._invited(one.id for one in (*recent, *turns))
        asked: dict[str, list[datetime]] = {}
        for survey in reversed(turns):
            for member in invited.get(survey.id, ()):
                asked.setdefault(member, []).append(survey.opened_at)
        compared = [one.id for one in recent if one.anonymous and one.invited >= model.FEWEST]
        return model.Members(
            there=there,
            rested=_in_any(invited, (one.id for one in recent if not one.is_after_event)),
            asked=asked,
            others={id: invited[id] for id in compared if id in invited},
        )

    async def rested(self, community_id: str, now: datetime) -> model.Members:
        """The members of a community, and those of them who were asked lately."""
        there, recent = await asyncio.gather(self._there(community_id), self._recent(now))
        asked = [one.id for one in recent if not one.is_after_event]
        return model.Members(there=there, rested=_in_any(await self._invited(asked), asked))

    async def _there(self, community_id: str) -> list[str]:
        people = await self.people.find({"communities": {"$in": [community_id]}}, limit=0)
        return [person.id for person in people if person.may_be_asked_by(community_id)]

    async def _recent(self, now: datetime, besides: str = "") -> list[model.Survey]:
        """Surveys that are open, or were opened so lately that who was asked is not asked again."""
        where = {"$or": [{"status": "open"}, {"opened_at": {"$gt": now - model.RESTS}}]}
        return [survey for survey in await self.surveys.find(where, limit=0) if survey.id != besides]

    async def _own_form(self, community_id: str, template: str) -> Form | None:
        if template in forms.BUILT_IN:
            return None
        templates = await self.templates.get(templates_of(community_id))
        return await self._form(community_id, model.newest_of(templates, template))

    async def form_after_events(self, community_id: str) -> Form | None:
        """The community's own questions after events; None: those of the built-in template."""
        templates = await self.templates.get(templates_of(community_id))
        return await self._form(community_id, model.after_events(templates))

    async def _form(self, community_id: str, key: str | None) -> Form | None:
        if key is None:
            return None
        _, version = await self.templates.entry(templates_of(community_id), key)
        return version.form if version else None

    async def _others(self, survey_id: str, everybody: set[str], now: datetime) -> list[model.Other]:
        """Anonymous surveys, open or recent, that ask some of the same people, and enough to be told of at all."""
        recent = {"$or": [{"status": "open"}, {"opened_at": {"$gte": now - model.COMPARED_FOR}}]}
        found = await self.surveys.find({"anonymous": True, **recent}, limit=0)
        others = {
            survey.id: survey.invited for survey in found if survey.id != survey_id and survey.invited >= model.FEWEST
        }
        where = {"document_id": {"$in": sorted(others)}, "key": {"$in": sorted(everybody)}}
        there = await self.surveys.find_entries(where, limit=0)
        shared = Counter(part.document_id for part in there if not part.moved)
        return [model.Other(id, invited=others[id], shared=count) for id, count in sorted(shared.items())]


def _in_any(invited: Mapping[str, set[str]], surveys: Iterable[str]) -> frozenset[str]:
    """Whom any of these surveys invites."""
    return frozenset().union(*(invited.get(id, ()) for id in surveys))


Known = Annotated[Knowledge, Context("knowledge")]

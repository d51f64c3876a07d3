"""The word on the wall: who checks in themselves proves with it that they are there."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CheckIn, DoorWord
from ekkyo.decision import Decision, Document

from ekkyo_events.model.documents import Event, Seat, must_be_published
from ekkyo_events.model.parts import Guess

CHANGES_EVERY: Final = timedelta(minutes=5)
TRIES: Final = 5
"""Wrong words of one member at one event, within this time:"""
TRIES_WITHIN: Final = timedelta(minutes=10)

SYLLABLES: Final = [
    *(consonant + vowel for consonant in "kngmbp" for vowel in "aiueo"),
    *("sa", "su", "se", "so", "ta", "te", "to", "ha", "he", "ho"),
]
"""Read aloud the same in Japanese and in English; without l and r, si and ti, tu and hu."""
DIGITS: Final = "23456789"
"""Without 0 and 1, which look like letters."""
NOT_SHOWN: Final = ("baka", "busu", "kuso", "kusa", "puta", "kaka", "pipi", "popo", "poko", "mama", "papa", "anus")
"""Nobody wants to read these on a wall, or hears them as something else."""


class Door(Document):
    """The secret that the words of one event are made of. Its id is the event's. It leaves this database nowhere."""

    secret: str


def door(found: Door | None, event_id: str, *, secret: str) -> Decision[Door, Door]:
    """The event's door; made with this secret when nobody asked for its word before."""
    made = found or Door(id=event_id, secret=secret)
    return Decision(made, made)


def has_a_door(event: Event) -> Event:
    """The event, if a word can be shown for it."""
    must_be_published(event, "show a word for checking in")
    return event


def word_now(door: Door, *, now: datetime) -> DoorWord:
    """The word to show, and until when."""
    window = _window(now)
    until = datetime.fromtimestamp((window + 1) * CHANGES_EVERY.total_seconds(), UTC)
    return DoorWord(event_id=door.id, word=_word(door, window), valid_until=until)


def enter(event: Event, seat: Seat, cmd: CheckIn, door: Door | None, *, now: datetime) -> tuple[Seat, Refused | None]:
    """The seat after this word was tried, and why it lets nobody in. Raises Refused for what is no new try.

    A wrong word counts once, however often it is sent. An online event needs a word once its leaders have shown one.
    """
    if event.format == "online" and door is None:
        return seat, None
    if cmd.word is None:
        raise Refused("wrong_word", "Enter the word that is shown at the event, or ask a leader to check you in.")
    recent = [guess for guess in seat.wrong_words if guess.at > now - TRIES_WITHIN]
    if len(recent) < TRIES and door and any(hmac.compare_digest(cmd.word.encode(), w) for w in _good(door, now)):
        return seat.model_copy(update={"wrong_words": []}), None
    wrong = Refused("wrong_word", "This is not the word that is shown at the event now.")
    if any(guess.word == cmd.word for guess in recent):
        raise wrong
    if len(recent) >= TRIES:
        raise Refused("too_many_tries", "Too many wrong words. Ask a leader to check you in, or wait ten minutes.")
    return seat.model_copy(update={"wrong_words": [*recent, Guess(word=cmd.word, at=now)]}), wrong


def _good(door: Door, now: datetime) -> list[bytes]:
    """The word of now and the one before."""
    return [_word(door, _window(now) - back).encode() for back in (0, 1)]


def _window(now: datetime) -> int:
    return int(now.timestamp() // CHANGES_EVERY.total_seconds())


def _word(door: Door, window: int) -> str:
    """Three syllables and two digits, one of four million, out of an HMAC-SHA-256 (RFC 2104) of the window."""
    for n in count():
        digest = hmac.new(door.secret.encode(), f"{door.id}/{window}/{n}".encode(), sha256).digest()
        number = int.from_bytes(digest, "big")
        word = ""
        for pieces in (SYLLABLES, SYLLABLES, SYLLABLES, DIGITS, DIGITS):
            number, at = divmod(number, len(pieces))
            word += pieces[at]
        if not any(unwanted in word for unwanted in NOT_SHOWN):
            return word
    raise AssertionError("count() has no end")

"""A call of the script as sound: two channels, the caller left, in which only one speaks at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from muniment.demo.calls import speech
from muniment.demo.calls.script import Call, load
from muniment.demo.calls.synthesis import RATE, Sound

BREATH = 0.35  # seconds between two turns
RINGING = 0.6  # seconds before the first word
PATIENCE = 4 * RATE  # samples that somebody hears before they hang up


@dataclass(frozen=True)
class Moment:
    """What happens next: an act, or something that is heard on one side or both."""

    act: str
    about: str = ""
    left: Sound = field(default_factory=lambda: np.zeros(0, np.int16))
    right: Sound = field(default_factory=lambda: np.zeros(0, np.int16))


@cache
def notice(key: str = "") -> Sound:
    """A recording notice, as the switch plays it; the one of today without a key."""
    script = load()
    played = script.played(key)
    return speech.spoken(played.text.strip(), script.voices[f"notice {played.language}"])


def moments(call: Call) -> list[Moment]:
    """Everything of a call in order. Whoever takes over speaks on the side of who was called."""
    script, called = load(), call.called
    found = [Moment("say", left=_silence(RINGING), right=_silence(RINGING))]
    for kind, words in call.turns:
        match kind:
            case "notice":
                found.append(_said(notice(words), left=False))
            case "caller":
                found.append(_said(speech.spoken(words, script.voices[call.caller]), left=True))
            case "called":
                found.append(_said(speech.spoken(words, script.voices[called]), left=False))
            case "transfer":
                called = words
                found.append(Moment("transfer", words))
            case "gone":
                last = found.pop()
                found.append(replace(last, left=last.left[:PATIENCE], right=last.right[:PATIENCE]))
            case _:
                found.append(Moment(kind, words))
    return found


def channels(found: Sequence[Moment]) -> tuple[Sound, Sound]:
    """The whole of what is heard, both channels equally long."""
    left = np.concatenate([each.left for each in found if each.act == "say"])
    right = np.concatenate([each.right for each in found if each.act == "say"])
    return left, right


def _said(sound: Sound, *, left: bool) -> Moment:
    whole = np.concatenate((sound, _silence(BREATH)))
    quiet = np.zeros(len(whole), np.int16)
    return Moment("say", left=whole if left else quiet, right=quiet if left else whole)


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.int16)

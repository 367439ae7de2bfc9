"""The questions of a new request, in their order: one a page, each a value or an explicit “not known” (REQ 053)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from muniment.governance import purposes
from muniment.governance.fields import LABELS, NOT_KNOWN
from muniment.governance.matrix import usual
from muniment.governance.views import DraftView
from muniment.governance.words import deeds


class Kind(StrEnum):
    """How a question is answered."""

    ABOUT = "about"
    ACTIONS = "actions"
    FIELD = "field"
    HOURS = "hours"
    PURPOSE = "purpose"
    REASON = "reason"


@dataclass(frozen=True)
class Question:
    """One question: its name in the address, its words, how it stands in the list of answers."""

    name: str
    words: str
    label: str
    kind: Kind
    hint: str = ""
    long: bool = False


QUESTIONS: Final = (
    Question(
        "reason",
        "Why do you need to see the records?",
        LABELS["reason"],
        Kind.REASON,
        "Whoever decides reads this, and so may the people concerned. Say in a sentence or two what has to be "
        "settled.",
        long=True,
    ),
    Question(
        "purpose",
        "Which purpose is it for?",
        "Purpose",
        Kind.PURPOSE,
        "What you are granted may be used for this purpose and for no other.",
    ),
    Question(
        "about",
        "Who is it about?",
        "About",
        Kind.ABOUT,
        "Tick the colleagues whose messages or conduct it concerns. Nobody decides about a request that "
        "concerns them.",
    ),
    Question(
        "when",
        "When was it?",
        LABELS["when"],
        Kind.FIELD,
        "Date and time as far as you know them, for example “14 November 2026, in the morning”, or “since "
        "September”.",
    ),
    Question(
        "parties",
        "Who took part in it?",
        LABELS["parties"],
        Kind.FIELD,
        "Names of people or firms, for example “Jack Fenwick and Kestrel Precision”.",
    ),
    Question(
        "nature",
        "What was it about?",
        LABELS["nature"],
        Kind.FIELD,
        "The subject or the nature of the message or call, for example “the refund for the March order”.",
        long=True,
    ),
    Question(
        "external_number",
        "Which outside telephone number was it?",
        LABELS["external_number"],
        Kind.FIELD,
        "If it was a call. For e-mail choose “not known”.",
    ),
    Question(
        "extension",
        "Which extension was it?",
        LABELS["extension"],
        Kind.FIELD,
        "The inside number, if it was a call. For e-mail choose “not known”.",
    ),
    Question(
        "actions",
        "What do you need to do with the records?",
        "To be done with them",
        Kind.ACTIONS,
        "Ask for no more than you need. Copies of more than one record take the yes of two persons.",
    ),
)


MONITORING: Final = (
    Question(
        "reason",
        "Why do you need to listen?",
        LABELS["reason"],
        Kind.REASON,
        "Whoever decides reads this, and so may the people concerned. Say in a sentence or two what listening is "
        "to achieve.",
        long=True,
    ),
    QUESTIONS[1],
    Question(
        "about",
        "Whose calls do you need to hear?",
        "Whose calls",
        Kind.ABOUT,
        "Tick everybody whose line it is. Their registered lines count, and they must have been told that calls "
        "may be listened to.",
    ),
    Question(
        "extension",
        "Which other lines are theirs?",
        "Lines",
        Kind.FIELD,
        "Extensions or numbers with commas between them, such as “201, +44 1632 960111”. Choose “not known” if "
        "the lines that are registered for them are enough.",
    ),
    Question(
        "hours",
        "For how long?",
        "For how long",
        Kind.HOURS,
        "It counts from the moment of the yes. Ask for no longer than you need.",
    ),
)
"""The questions of a request to listen to calls in progress: there is no record to describe."""


def questions_for(actions: tuple[str, ...]) -> tuple[Question, ...]:
    """The questions of a request; what to do with the records is asked only where there is a choice."""
    if actions == ("monitor",):
        return MONITORING
    return tuple(one for one in QUESTIONS if one.kind is not Kind.ACTIONS or usual(actions) != actions)


def question_named(name: str, actions: tuple[str, ...]) -> Question | None:
    """The question with this name, if it is asked."""
    return next((one for one in questions_for(actions) if one.name == name), None)


def following(name: str, actions: tuple[str, ...]) -> Question | None:
    """The question after this one; None after the last."""
    asked = questions_for(actions)
    place = [one.name for one in asked].index(name)
    return asked[place + 1] if place + 1 < len(asked) else None


def before(name: str, actions: tuple[str, ...]) -> Question | None:
    """The question before this one; None before the first."""
    asked = questions_for(actions)
    place = [one.name for one in asked].index(name)
    return asked[place - 1] if place else None


def answer(question: Question, draft: DraftView, actions: tuple[str, ...]) -> str:
    """What a draft says to a question, in words; empty where it says nothing yet."""
    match question.kind:
        case Kind.PURPOSE:
            return _purpose(draft)
        case Kind.ABOUT:
            named = ", ".join(person.name for person in draft.about)
            return named or ("" if actions == ("monitor",) else "Nobody by name")
        case Kind.ACTIONS:
            return deeds(draft.actions or usual(actions))
        case Kind.HOURS:
            return span(draft.hours)
        case _:
            said = draft.given.get(question.name, "").strip()
            if question.name in draft.not_known:
                return f"{said} (and also {NOT_KNOWN})" if said else NOT_KNOWN.capitalize()
            return said


def span(hours: int) -> str:
    """“4 hours”, “7 days”; empty for none."""
    if not hours:
        return ""
    number, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def first_open(draft: DraftView, actions: tuple[str, ...]) -> Question | None:
    """The first question that the draft says nothing to; None if all are answered."""
    return next((one for one in questions_for(actions) if not answer(one, draft, actions)), None)


def _purpose(draft: DraftView) -> str:
    found = next((one for one in purposes.catalogue() if one.id == draft.purpose), None)
    if found is None:
        return ""
    return f"{found.name}: {draft.specifics}" if draft.specifics else found.name

"""The six things that a request for content says, each a value or an explicit “not known” (REQ 053)."""

import msgspec

from muniment.core.canonical import Json
from muniment.core.errors import WrongUseError

NOT_KNOWN = "not known"
LONGEST_FIELD = 2_000  # characters; a reason is a paragraph, not a report
FEWEST_WORDS_OF_REASON = 3


class RequestFields(msgspec.Struct, frozen=True):
    """The request form: why, and what is known of the communication. None stands for “not known”."""

    reason: str
    when: str | None
    extension: str | None
    external_number: str | None
    parties: str | None
    nature: str | None

    def as_json(self) -> dict[str, Json]:
        """The form in which the requester signs it: a value or the words “not known”."""
        return {name: NOT_KNOWN if value is None else value for name, value in self.items()}

    def items(self) -> tuple[tuple[str, str | None], ...]:
        """Each field's name and value, in the order of the form."""
        return tuple((name, getattr(self, name)) for name in self.__struct_fields__)


LABELS = {
    "reason": "Reason",
    "when": "Date and time",
    "extension": "Extension",
    "external_number": "External number",
    "parties": "Names of the people in it",
    "nature": "What it was about",
}


def complete(given: dict[str, str | None], not_known: frozenset[str]) -> RequestFields:
    """The form as filled in; WrongUseError names every field that is neither given nor “not known”.

    `given` maps a field to what was written; `not_known` are the fields expressly marked so. The reason
    can never be “not known”, and a field cannot be both.
    """
    values = {name: (given.get(name) or "").strip() for name in RequestFields.__struct_fields__}
    problems = [found for name, value in values.items() if (found := problem(name, value, not_known))]
    if problems:
        raise WrongUseError("The request is not complete.", why=" ".join(problems))
    return RequestFields(
        reason=values["reason"],
        when=values["when"] or None,
        extension=values["extension"] or None,
        external_number=values["external_number"] or None,
        parties=values["parties"] or None,
        nature=values["nature"] or None,
    )


def reason(text: str, *, why: str) -> str:
    """A reason without blanks around it; WrongUseError that asks `why` for less than a sentence, or too much."""
    given = text.strip()
    if problem("reason", given, frozenset()):
        raise WrongUseError(
            f"Say in a sentence why {why}.", why=f"It has at most {LONGEST_FIELD} characters."
        )
    return given


def problem(name: str, value: str, not_known: frozenset[str]) -> str:
    """What is wrong with one field as filled in, in words; empty if nothing is."""
    label = LABELS[name]
    if len(value) > LONGEST_FIELD:
        return f"{label}: at most {LONGEST_FIELD} characters."
    if name == "reason":
        enough = len(value.split()) >= FEWEST_WORDS_OF_REASON
        return "" if enough else f"{label}: say in a sentence why the content is needed."
    if value and name in not_known:
        return f"{label}: it is given and also marked as not known."
    if not value and name not in not_known:
        return f"{label}: give it, or say that it is not known."
    return ""

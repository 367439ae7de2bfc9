"""Marks by which a sender says that a message is private, personal, confidential or a union's.

REQ 036. A mark is what the sender wrote in a header made for it or in the subject, never what the
text of the message seems to be about.
"""

import re
from collections.abc import Sequence

from muniment.readers.mail import headers
from muniment.readers.mail.headers import Field

# RFC 4021 section 2.1.55 and what Outlook writes.
SENSITIVITY = {
    "personal": "personal",
    "private": "private",
    "company-confidential": "confidential",
    "confidential": "confidential",
}
MARK_FIELDS = frozenset(
    {
        "sensitivity",
        "x-classification",
        "x-confidential",
        "x-confidentiality",
        "x-mark",
        "x-marking",
        "x-privacy",
        "x-private",
        "x-protective-marking",
        "x-sensitivity",
    }
)
SUBJECT = re.compile(
    r"\b(?:(private)|(personal)(?!\s+(?:assistant|computer|trainer|best|development|data|injury))"
    r"|(confidential|in confidence)|(sensitive)|((?:trades?[\s-]+)?union|unison|unite the union))\b",
    re.IGNORECASE,
)
SUBJECT_MARKS = ("private", "personal", "confidential", "sensitive", "union")
# A union in the subject that is not a trade union.
OTHER_UNIONS = re.compile(
    r"\b(?:european|credit|customs|monetary|student'?s?'?|western|rugby|soviet|state of the)\s+union\b",
    re.IGNORECASE,
)
YES = frozenset({"1", "true", "yes"})


def marks(fields: Sequence[Field], subject: str) -> tuple[str, ...]:
    """The marks of a message, each once, in the order of `SUBJECT_MARKS`."""
    found = set(_in_subject(subject))
    for name, value in fields:
        if name.lower() in MARK_FIELDS:
            found.update(_in_field(name.lower(), headers.words(value)))
    return tuple(mark for mark in SUBJECT_MARKS if mark in found)


def _in_field(name: str, value: str) -> list[str]:
    text = value.strip().lower()
    if text in YES:
        text = name.removeprefix("x-")
    if text in SENSITIVITY:
        return [SENSITIVITY[text]]
    return _in_subject(text.replace("-", " "))


def _in_subject(subject: str) -> list[str]:
    found = []
    for match in SUBJECT.finditer(OTHER_UNIONS.sub("", subject)):
        found += [mark for mark, hit in zip(SUBJECT_MARKS, match.groups(), strict=True) if hit]
    return found

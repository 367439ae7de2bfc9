"""Marks that a sender made."""

import pytest

from muniment.readers.mail.markings import marks


@pytest.mark.parametrize(
    ("field", "value", "mark"),
    [
        ("Sensitivity", b"Private", "private"),
        ("sensitivity", b"Personal", "personal"),
        ("Sensitivity", b"Company-Confidential", "confidential"),
        ("X-Private", b"yes", "private"),
        ("X-Classification", b"Confidential - HR", "confidential"),
    ],
)
def test_a_header_made_for_marks(field: str, value: bytes, mark: str) -> None:
    assert marks([(field, value)], "") == (mark,)


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("PRIVATE: my appointment", ("private",)),
        ("Private and confidential", ("private", "confidential")),
        ("[Personal] lunch", ("personal",)),
        ("Trade union meeting on Friday", ("union",)),
        ("UNISON branch minutes", ("union",)),
        ("In confidence", ("confidential",)),
        ("Re: sensitive matter", ("sensitive",)),
    ],
)
def test_a_word_in_the_subject(subject: str, found: tuple[str, ...]) -> None:
    assert marks([], subject) == found


@pytest.mark.parametrize(
    "subject",
    ["European Union tender", "Personal assistant wanted", "Privateer", "Reunion", "Minutes of Monday"],
)
def test_a_word_that_marks_nothing(subject: str) -> None:
    assert marks([("Sensitivity", b"Normal"), ("Subject", b"private")], subject) == ()

"""A mail and a call answer to the same names."""

import pytest

from muniment.readers.calls import Call
from muniment.readers.mail import Mail
from tests.readers.calls.samples import the_facts

SHARED = (
    "subject",
    "date",
    "parties",
    "attachments",
    "marking",
    "defects",
    "unreadable",
    "message_id",
    "references",
    "text",
)


@pytest.mark.parametrize("content", [Mail(), Call(the_facts())])
@pytest.mark.parametrize("name", SHARED)
def test_each_has_what_lists_need(content: Mail | Call, name: str) -> None:
    assert hasattr(content, name)

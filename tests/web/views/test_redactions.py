"""Making and taking a redacted copy on the pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.people.roles import Role
from muniment.release.models import Redaction
from tests import asking
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.town import Town

type Enter = Callable[..., Client]


@pytest.fixture
def token(town: Town) -> str:
    name = asking.recording(town, a_call(), statement("siprec", facts=the_facts()))
    asked = asking.submitted(town, Role.DATA_CONTROLLER, "dsar", actions=["listen", "export"])
    done = asking.approved(town, asking.located(town, [name], asked), Role.DATA_CONTROLLER)
    return asking.opened(town, done.grant, name, "export", by=Role.DATA_CONTROLLER).token


def test_a_copy_is_made_listed_and_taken(signed_in: Enter, token: str) -> None:
    browser = signed_in(Role.DATA_CONTROLLER)
    page = browser.get(f"/readings/{token}/redact").content.decode()
    for words in ("The recording is 0:03 long", "Cover one side", "Asha"):
        assert words in page
    sent = {"start-1": "0:01", "end-1": "0:02", "manner-1": "beep", "reason": "Names of others"}
    assert browser.post(f"/readings/{token}/redact", sent)["Location"] == f"/readings/{token}/listen"
    row = Redaction.objects.get()
    page = browser.get(f"/readings/{token}/listen").content.decode()
    assert "1 covered stretch: 0:01 to 0:02. Names of others" in page
    assert row.record in page
    taken = browser.get(f"/readings/{token}/redactions/{row.pk}")
    assert taken["Content-Disposition"] == f"attachment; filename*=UTF-8''{row.record}.zip"
    assert b"".join(taken).startswith(b"PK")


def test_what_is_missing_is_said_and_what_was_written_stays(signed_in: Enter, token: str) -> None:
    sent = {"start-1": "0:02", "end-1": "0:01", "reason": "Because"}
    answer = signed_in(Role.DATA_CONTROLLER).post(f"/readings/{token}/redact", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Stretch 1: A stretch ends after it begins" in page
    assert 'value="0:02"' in page
    assert ">Because<" in page
    assert not Redaction.objects.exists()


def test_nobody_else_makes_or_takes_one(signed_in: Enter, token: str) -> None:
    for role in (Role.HR, Role.DIRECTOR):
        assert signed_in(role).get(f"/readings/{token}/redact").status_code == 404
        assert signed_in(role).get(f"/readings/{token}/redactions/cert_none").status_code == 404

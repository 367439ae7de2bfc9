"""Hearing an opened recording: decided each time, read by windows, kept in memory only."""

import pytest

from muniment.core.call_facts import MaskedSpan
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.governance import denials
from muniment.release.models import Reading
from muniment.release.sound import listening
from muniment.release.sound.messages import Described
from muniment.release.sound.ranges import Stretch, UnsatisfiableError
from tests.governance.house import House
from tests.governance.test_granting import revoked
from tests.readers.calls.samples import STARTED, a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.conduct import opened
from tests.release.test_calls import kept


def heard(house: House, seconds: int = 3, action: str = "listen") -> str:
    facts = the_facts(seconds, masks=(MaskedSpan(STARTED, STARTED + 500, None, "api"),))
    name = kept(house, a_call(seconds, facts=facts), statement("siprec", facts=facts))
    return opened(house, "hana", house.granted([name]).grant, name, action).token


def test_a_range_is_given_and_no_more_of_the_recording_is_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, hana = heard(house, 120), house.person("hana")
    read: list[int] = []
    inner = house.desk.read

    def noted(session: bytes, at: int, size: int) -> bytes:
        read.append(size)
        return inner(session, at, size)

    monkeypatch.setattr(house.desk, "read", noted)
    found = listening.piece(house.desk, hana, token, "bytes=44-99")
    assert (found.stretch, found.size) == (Stretch(44, 99), 44 + 120 * 32_000)
    assert b"".join(found.chunks) == bytes(56)  # masked
    assert sum(read) < Reading.objects.get().length / 2
    del read[:]
    b"".join(listening.piece(house.desk, hana, token, "bytes=44-9999").chunks)
    assert read == [1]  # the window is at hand; the keeper is asked all the same


def test_an_answer_to_a_range_is_never_larger_than_its_bound(house: House) -> None:
    token = heard(house, 60)
    found = listening.piece(house.desk, house.person("hana"), token, "bytes=0-")
    assert found.stretch is not None
    assert len(b"".join(found.chunks)) == found.stretch.length == listening.MOST_AT_ONCE
    with pytest.raises(UnsatisfiableError):
        listening.piece(house.desk, house.person("hana"), token, "bytes=99999999-")


def test_the_outline_is_worked_out_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token, hana = heard(house), house.person("hana")
    first = listening.outline(house.desk, hana, token)
    assert (first.length, len(first.channels), first.notes) == (3000, 2, ())
    monkeypatch.setattr(listening, "ask", pytest.fail)
    assert listening.outline(house.desk, hana, token) == first


def test_a_grant_that_is_taken_back_is_silent_at_once(house: House) -> None:
    facts = the_facts(3)
    name = kept(house, a_call(3, facts=facts), statement("siprec", facts=facts))
    grant = house.granted([name]).grant
    token = opened(house, "hana", grant, name, "listen").token
    listening.piece(house.desk, house.person("hana"), token, "bytes=0-9")
    revoked(house, "dora", grant)
    with pytest.raises(RefusedError, match="taken back"):
        listening.piece(house.desk, house.person("hana"), token, "bytes=0-9")


def test_an_opening_to_read_is_refused_and_listed(house: House) -> None:
    token = heard(house, action="view")
    with pytest.raises(RefusedError, match="not listen"):
        listening.piece(house.desk, house.person("hana"), token, "")
    assert [one.action for one in denials.listed(house.person("aud"))] == ["listen"]


def test_a_mail_is_opened_by_no_grant_to_listen(house: House) -> None:
    [record] = house.records(1)
    with pytest.raises(RefusedError, match="no sound"):
        opened(house, "hana", house.granted([record]).grant, record, "listen")


def test_what_is_no_call_or_no_sound_says_so(house: House) -> None:
    name = kept(house, b"nothing", statement("audio", origin="a.wav", facts=the_facts()))
    token = opened(house, "hana", house.granted([name]).grant, name, "listen").token
    with pytest.raises(NotAvailableError, match="cannot be heard"):
        listening.piece(house.desk, house.person("hana"), token, "")
    Reading.objects.update(statement=b"{}")
    with pytest.raises(WrongUseError, match="no call"):
        listening.ask(house.desk, Reading.objects.get(), "describe", Described)

"""An opened call."""

import msgspec
import pytest

from muniment.capture.statement import Form
from muniment.catalogue import intake
from muniment.core.call_facts import NoticeEvidence, StaffEvidence
from muniment.core.errors import NotAvailableError
from muniment.readers.calls.container import Container
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.reading import read_call
from muniment.release import calls, files
from muniment.release.models import Reading
from muniment.vault.messages import Batch, Examined
from tests.governance.house import House
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.readers.calls.test_vcon import vcon
from tests.release.conduct import export_granted, opened


def kept(house: House, original: bytes, told: bytes) -> str:
    """Seal a recording and catalogue it, as the worker would."""
    name, place = house.sealed(told, original)
    entry = Examined(place, 1, name, statement=told, original=original)
    intake.take_in(house.organisation, Batch(place, place, (entry,)), {name: read_call(original, told)})
    return name


def test_a_call_opens_with_its_facts_and_without_its_sound(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = kept(house, a_call(), statement("siprec", facts=the_facts()))
    read = []
    monkeypatch.setattr(house.desk, "read", lambda *given: read.append(given))
    page = opened(house, "hana", house.granted([name]).grant, name)
    assert page.call is not None
    assert page.call.facts == the_facts()
    assert (page.mail.subject, page.call.sound) == ("Call, 3 s", "2 streams as sent: PCMU")
    assert read == []


def test_what_was_heard_when_it_came_in_stands_on_its_page(house: House) -> None:
    staff = StaffEvidence("desks", ("tone",), 1400, 15)
    known = the_facts(notice=NoticeEvidence("unknown"), staff=staff)
    told = statement("siprec", facts=known)
    name, place = house.sealed(told, a_call())
    evidence = NoticeEvidence("played", "welcome", 2, "en-GB", 0.91)
    heard = msgspec.structs.replace(known, notice=evidence, staff=msgspec.structs.replace(staff, tones=4))
    entry = Examined(place, 1, name, statement=told, original=a_call())
    call = msgspec.structs.replace(read_call(a_call(), told), facts=heard)
    intake.take_in(house.organisation, Batch(place, place, (entry,)), {name: call})
    page = opened(house, "hana", house.granted([name]).grant, name)
    assert page.call is not None
    assert page.call.facts.notice == evidence
    assert page.call.facts.staff == heard.staff


def test_a_vcon_opens_with_what_stands_in_it(house: House) -> None:
    name = kept(house, vcon(), statement("vcon", origin="a.json"))
    page = opened(house, "hana", house.granted([name]).grant, name)
    assert page.call is not None
    assert [one.name for one in page.call.facts.parties] == ["Bo", "Asha"]
    assert page.call.text == "a written word"


def test_an_open_recording_is_a_source_that_is_read_where_it_is_needed(house: House) -> None:
    name = kept(house, a_call(), statement("siprec", facts=the_facts()))
    opened(house, "hana", house.granted([name]).grant, name)
    source = calls.Opened(house.desk, Reading.objects.get())
    assert source.size == len(a_call())
    assert hear(Container(source), (1000, 2000)).seconds == pytest.approx(1)
    assert source.read(source.size - 8, 100) == b"MNCALLX\n"


def test_where_the_keeper_ends_the_opening_it_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    name = kept(house, a_call(), statement("siprec", facts=the_facts()))
    opened(house, "hana", house.granted([name]).grant, name)
    source = calls.Opened(house.desk, Reading.objects.get())
    monkeypatch.setattr(house.desk, "read", lambda *_: b"")
    with pytest.raises(NotAvailableError, match="ended the opening"):
        source.read(0, 8)


@pytest.mark.parametrize(
    ("form", "origin", "end"),
    [
        ("siprec", "", "mncall"),
        ("audio", "/x/a.WAV", "wav"),
        ("audio", "/x/a", "bin"),
        ("vcon", "a.json", "vcon.json"),
    ],
)
def test_an_original_leaves_under_the_name_of_its_kind(form: Form, origin: str, end: str) -> None:
    assert calls.suffix(statement(form, origin=origin)) == end
    assert calls.suffix(b"{}") == "eml"


def test_the_original_of_a_call_leaves_byte_for_byte(house: House) -> None:
    name = kept(house, a_call(), statement("siprec", facts=the_facts()))
    page = opened(house, "ines", export_granted(house, [name]).grant, name, "export")
    given = files.original(house.desk, house.person("ines"), page.token)
    assert given.name == f"{name}.mncall"
    assert b"".join(given.chunks) == a_call()

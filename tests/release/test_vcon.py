"""A call leaves as a vCon."""

import io
import json

import pytest
import soundfile

from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.readers.calls import vcon as reader
from muniment.release import vcon
from tests.governance.house import House
from tests.readers.calls.samples import TONE_A, TONE_B, a_call, pitch, the_facts, tone
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_reading import statement
from tests.readers.calls.test_vcon import vcon as a_vcon
from tests.release.conduct import export_granted, opened
from tests.release.test_calls import kept


def exported(house: House, name: str) -> bytes:
    page = opened(house, "ines", export_granted(house, [name]).grant, name, "export")
    given = vcon.exported(house.desk, house.person("ines"), page.token)
    assert given.name == f"{name}.vcon.json"
    return b"".join(given.chunks)


def test_a_recorded_call_leaves_with_both_sides_to_be_heard(house: House) -> None:
    name = kept(house, a_call(), statement("siprec", facts=the_facts()))
    found = reader.read(exported(house, name))
    assert found.facts.defects == ()
    assert [(one.role, one.e164, one.name) for one in found.facts.parties] == [
        ("caller", "+441632960001", "Bo"),
        ("agent", "", "Asha"),
    ]
    assert (found.facts.direction, found.facts.id) == ("inbound", "g1")
    sound, rate = soundfile.read(io.BytesIO(found.dialogs[0].body), dtype="int16")
    assert pitch(sound[:, 0], rate) == pytest.approx(TONE_A, abs=1)
    assert pitch(sound[:, 1], rate) == pytest.approx(TONE_B, abs=1)


def test_an_imported_file_leaves_inside_as_it_is(house: House) -> None:
    data = written("WAV", "PCM_16", tone(440, 3))
    name = kept(house, data, statement("audio", facts=the_facts()))
    found = json.loads(exported(house, name))
    assert found["dialog"][0]["mediatype"] == "audio/x-wav"
    assert reader.read(json.dumps(found).encode()).dialogs[0].body == data


def test_what_came_as_a_vcon_leaves_as_it_came(house: House) -> None:
    name = kept(house, a_vcon(), statement("vcon", origin="a.json"))
    assert exported(house, name) == a_vcon()


def test_no_copy_under_a_grant_to_read_and_no_call_of_a_mail(house: House) -> None:
    name = kept(house, a_call(), statement("siprec", facts=the_facts()))
    page = opened(house, "hana", house.granted([name]).grant, name)
    with pytest.raises(RefusedError, match="not take copies"):
        vcon.exported(house.desk, house.person("hana"), page.token)
    [mail] = house.records(1)
    with pytest.raises(WrongUseError, match="no call"):
        exported(house, mail)


def test_a_damaged_call_leaves_as_its_original_only(house: House) -> None:
    name = kept(house, b"MNCALL1\nnothing", statement("siprec", facts=the_facts()))
    with pytest.raises(NotAvailableError, match="cannot be decoded"):
        exported(house, name)

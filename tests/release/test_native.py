"""What the rule names: by age, form and what else is to become of a recording."""

import pytest

from muniment.catalogue.models import Record
from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.release import native
from muniment.release.models import Conversion
from tests.governance.house import House
from tests.readers.calls.samples import tone, ulaw_encoded
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_vcon import vcon
from tests.release import excisions
from tests.release.conversions import a_recorded_call, asked, decided, rules

FILES = [
    ("WAV", "PCM_16", "a.wav", True),
    ("WAV", "ULAW", "a.wav", True),
    ("WAV", "ALAW", "a.wav", True),
    ("AU", "PCM_16", "a.au", True),
    ("WAV", "IMA_ADPCM", "a.wav", False),
    ("WAV", "GSM610", "a.wav", False),
    ("FLAC", "PCM_16", "a.flac", False),
    ("OGG", "OPUS", "a.opus", False),
    ("MP3", "MPEG_LAYER_III", "a.mp3", False),
]


def named(house: House) -> tuple[str, ...]:
    return native.due(house.person("cora"), rules(house)).records


@pytest.mark.parametrize(("form", "codec", "name", "due"), FILES, ids=[f"{one[0]} {one[1]}" for one in FILES])
def test_files_are_due_whose_samples_are_not_compressed(
    house: House, form: str, codec: str, name: str, due: bool
) -> None:
    record = excisions.a_file(house, written(form, codec, tone(440, 2)), name)
    assert named(house) == ((record,) if due else ())


def test_files_without_a_head_are_due_and_vcons_are_not(house: House) -> None:
    record = excisions.a_file(house, ulaw_encoded(tone(440, 2)), "a.ulaw")
    excisions.a_file(house, vcon(), "a.vcon", "vcon")
    assert named(house) == (record,)


def test_it_counts_what_is_older_than_the_rule_says(house: House) -> None:
    old, young = a_recorded_call(house), a_recorded_call(house)
    Record.objects.filter(pk=young).update(received=clock.seconds() - 29 * 86_400)
    found = native.due(house.person("cora"), rules(house))
    row = Record.objects.get(pk=old)
    assert found.records == (old,)
    assert (found.count, found.size, found.oldest) == (1, row.size, row.received)
    Record.objects.filter(pk=young).update(received=clock.seconds() - 31 * 86_400)
    assert named(house) == (old, young)


def test_without_a_rule_nothing_is(house: House) -> None:
    a_recorded_call(house)
    for chosen in ({}, {house.organisation: 0}, {"org_other": 1}):
        assert native.due(house.person("cora"), chosen).count == 0


def test_what_a_request_names_is_not_named_again_until_it_is_refused(house: House) -> None:
    record = a_recorded_call(house)
    request = asked(house)
    assert named(house) == ()
    house.refuse("dora", request)
    assert named(house) == (record,)


def test_what_stays_native_is_named_and_not_due(house: House) -> None:
    record = a_recorded_call(house)
    decided(house)
    Conversion.objects.update(left="It is damaged.")
    found = native.due(house.person("cora"), rules(house))
    assert (found.count, found.stayed) == (0, (native.Stayed(record, "It is damaged."),))


def test_one_request_names_so_many_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [a_recorded_call(house) for _ in range(3)]
    monkeypatch.setattr(native, "MOST_RECORDS", 2)
    found = native.due(house.person("cora"), rules(house))
    assert (found.count, found.records) == (3, tuple(records[:2]))


def test_whoever_may_not_ask_learns_nothing(house: House) -> None:
    with pytest.raises(RefusedError):
        native.due(house.person("eve"), rules(house))

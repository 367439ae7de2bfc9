"""Old recordings are kept as Opus: by a rule, two persons and a holder, one at a time, and each with its certificate."""

from collections.abc import Callable

import numpy as np
import pytest

from muniment.catalogue.models import Record
from muniment.core.call_facts import MaskedSpan
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import granting, locating
from muniment.governance.models import Denial, Grant
from muniment.release import compressing, disposal, excising, native, notes, opening, provenance
from muniment.release.models import Certificate, Conversion, ConversionOrder, Note
from muniment.release.sound import listening
from muniment.release.sound.messages import Heard
from tests.governance.house import House
from tests.governance.test_holds import placed, released
from tests.readers.calls.samples import STARTED, a_call, loudness, the_facts
from tests.readers.calls.test_reading import statement
from tests.release import excisions
from tests.release.conduct import opened
from tests.release.conversions import (
    REASON,
    a_recorded_call,
    asked,
    carried_out,
    conversions,
    decided,
    ordered,
    rules,
)
from tests.release.test_calls import kept


class _DiedError(Exception):
    """The machine went off."""


def replacement(house: House, record: str) -> str:
    return disposal.replacements(house.organisation, [record])[record]


def test_a_recording_is_opus_afterwards_with_all_that_is_known_of_it(house: House) -> None:
    record = a_recorded_call(house)
    native_size = Record.objects.get(pk=record).size
    grant = decided(house)
    assert carried_out(house, grant) == 1
    excisions.catalogued(house)
    new = replacement(house, record)
    assert Record.objects.get(pk=record).erased_at is not None
    page = opened(house, "hana", house.granted([new]).grant, new, "listen")
    said = page.captured["replaces"]
    assert isinstance(said, dict)
    assert (said["record"], said["why"], said["kept"]["sha256"]) == (record, "compressed", "ab" * 32)
    assert said["kept"]["native_size"] == native_size
    assert abs(said["kept"]["length"] - said["kept"]["native_length"]) <= 40
    assert page.call is not None
    assert (page.call.facts, page.call.defects) == (the_facts(3), ())
    assert page.call.sound.startswith("Ogg, Opus")
    reading = listening.heard_reading(house.desk, house.person("hana"), page.token)
    sound = listening.ask(house.desk, reading, "hear", Heard, span=(0, 3000)).data
    assert len(sound) == 3 * 8000 * 2 * 2
    assert any(sound)


def test_its_certificate_says_what_was_lost_and_what_was_measured(house: House) -> None:
    record = a_recorded_call(house)
    carried_out(house, decided(house))
    row = Certificate.objects.get(record=record)
    found = disposal.certificate(house.person("cora"), row.pk)
    assert found.kept is not None
    assert (found.rule, found.kept.codec, found.kept.channels) == ("5", "opus", 2)
    assert "each packet as it came" in found.rule_words
    assert 0 < found.kept.size < found.kept.native_size
    assert row.facts()["kept"] == {**row.kept}
    assert {one.name for one in found.signers} == {house.person("cora").name, house.person("dora").name}


def test_each_leads_to_the_other(house: House) -> None:
    record = a_recorded_call(house)
    carried_out(house, decided(house))
    excisions.catalogued(house)
    new = replacement(house, record)
    for one, replaces in ((record, ""), (new, record)):
        found = provenance.provenance(house.person("cora"), one)
        assert found is not None
        assert found.kept is not None
        assert found.kept_since is not None
        assert found.certificate
        assert found.replaces == replaces


def test_notes_go_on_with_the_sound(house: House) -> None:
    record = a_recorded_call(house)
    token = opened(house, "hana", house.granted([record]).grant, record, "listen").token
    notes.write(house.desk, house.person("hana"), token, 500, "Here it is.")
    carried_out(house, decided(house))
    assert [one.record for one in Note.objects.all()] == [replacement(house, record)]


def test_the_same_person_twice_is_not_two(house: House) -> None:
    a_recorded_call(house)
    request = asked(house)
    for _ in range(2):
        assert house.approve("cora", request, beside=[house.id("dora")]).grant == ""
    assert not Grant.objects.exists()


@pytest.mark.parametrize("name", ["hana", "ines", "eve"])
def test_nobody_else_asks_or_carries_out(house: House, name: str) -> None:
    a_recorded_call(house)
    with pytest.raises(RefusedError):
        compressing.propose(house.person(name), rules(house), REASON)
    grant = decided(house)
    with pytest.raises(RefusedError):
        compressing.prepare(house.desk, house.person(name), grant)


def test_a_grant_to_keep_as_opus_opens_and_erases_nothing(house: House) -> None:
    record = a_recorded_call(house)
    grant, cora = decided(house), house.person("cora")
    for action in ("view", "listen", "export", "erase", "excise"):
        with pytest.raises(RefusedError):
            opening.prepare(cora, grant, [record], action)
    signed = house.sign("cora", opening.prepare(cora, grant, [record], "compress"))
    with pytest.raises(WrongUseError):
        opening.read_record(house.desk, cora, grant, record, signed, action="compress")
    with pytest.raises(RefusedError):
        excising.prepare(house.desk, cora, grant, record)


def test_a_rule_names_records_for_no_other_request(house: House) -> None:
    record = a_recorded_call(house)
    request = house.submitted("cora", "dsar", purpose="L1")
    with pytest.raises(RefusedError, match="found by a search"):
        locating.choose_by_rule(house.desk, house.person("cora"), request.id, [record])


def test_what_is_held_is_not_due_and_what_is_held_later_waits(house: House) -> None:
    first, second = a_recorded_call(house), a_recorded_call(house)
    hold = placed(house, [first])
    assert native.due(house.person("cora"), rules(house)).records == (second,)
    released(house, hold, "cora")
    released(house, hold, "dora", "")
    grant = decided(house)
    ordered(house, grant)
    later = placed(house, [second])
    assert compressing.run_waiting(house.desk, house.estate.doors.capture) == 1
    row = conversions([second])[second]
    assert "hold" in row.why.lower()
    assert (row.done, row.left) == (None, "")
    assert Record.objects.get(pk=second).erased_at is None
    assert compressing.prepare(house.desk, house.person("cora"), grant) is None
    released(house, later, "cora")
    released(house, later, "dora", "")
    assert carried_out(house, grant) == 1


def test_what_is_to_be_excised_is_left_alone(house: House) -> None:
    record = excisions.a_call_with_card_data(house)
    grant = decided(house)
    excisions.decided(house, record)
    assert carried_out(house, grant) == 0
    assert "may not be kept" in conversions([record])[record].why
    assert Record.objects.get(pk=record).erased_at is None


def test_stretches_can_be_taken_out_of_it_afterwards(house: House) -> None:
    record = excisions.a_call_with_card_data(house)
    carried_out(house, decided(house))
    excisions.catalogued(house)
    new = replacement(house, record)
    excisions.carried_out(house, excisions.decided(house, new), new)
    excisions.catalogued(house)
    last = replacement(house, new)
    page = opened(house, "hana", house.granted([last]).grant, last, "listen")
    reading = listening.heard_reading(house.desk, house.person("hana"), page.token)

    def sound(start: int, end: int) -> bytes:
        return listening.ask(house.desk, reading, "hear", Heard, span=(start, end)).data

    assert (
        loudness(np.frombuffer(sound(1300, 1700), np.int16))
        < 50
        < loudness(np.frombuffer(sound(0, 900), np.int16))
    )
    assert page.call is not None
    assert [(one.start - STARTED, one.end - STARTED) for one in page.call.facts.masks] == [(1000, 2000)]


def test_a_private_mark_goes_on(house: House) -> None:
    record = a_recorded_call(house)
    house.estate.doors.index.mark_private(house.organisation, (record,), "marking")
    carried_out(house, decided(house))
    excisions.catalogued(house)
    with pytest.raises(RefusedError, match="two different persons"):
        house.granted([replacement(house, record)])


def _masked() -> MaskedSpan:
    return MaskedSpan(STARTED + 1000, STARTED + 2000, None, "api", "pbx")


def test_silence_stays_silence_and_is_named(house: House) -> None:
    known = the_facts(3, masks=(_masked(),))
    left = a_call(
        3, change=lambda _, packets: [one for one in packets if not 1000 <= one.arrival < 2000], facts=known
    )
    record = kept(house, left, statement("siprec", facts=known))
    assert carried_out(house, decided(house)) == 1
    excisions.catalogued(house)
    new = replacement(house, record)
    page = opened(house, "hana", house.granted([new]).grant, new, "listen")
    assert page.call is not None
    assert page.call.facts.masks == (_masked(),)


HOSTILE: list[tuple[str, Callable[[], bytes]]] = [
    ("cut", lambda: a_call(3)[:-200]),
    ("flipped", lambda: a_call(3)[:60] + b"\xff\xff\xff\xff" + a_call(3)[64:]),
    ("long chunk", lambda: a_call(3) + b"P\x00\x00\x00\xff\xff\xff\x7f"),
    ("no sound", lambda: a_call(3, change=lambda *_: [])),
]


@pytest.mark.parametrize(("name", "data"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_what_cannot_be_vouched_for_stays_native_by_name(
    house: House, name: str, data: Callable[[], bytes]
) -> None:
    record = kept(house, data(), statement("siprec", facts=the_facts(3)))
    Record.objects.filter(pk=record).update(unreadable="")
    grant = decided(house)
    assert carried_out(house, grant) == 0, name
    found = compressing.progress(house.person("cora"), grant)
    assert [one.record for one in found.stayed] == [record]
    assert found.stayed[0].why
    assert found.waiting == 0
    assert Record.objects.get(pk=record).erased_at is None
    assert native.due(house.person("cora"), rules(house)).count == 0


def test_a_rule_must_stand_behind_it_and_something_be_due(house: House) -> None:
    with pytest.raises(WrongUseError, match="Nothing is due"):
        compressing.propose(house.person("cora"), rules(house), REASON)
    a_recorded_call(house)
    with pytest.raises(WrongUseError, match="Nothing is due"):
        compressing.propose(house.person("cora"), {}, REASON)


def test_recordings_are_those_that_were_signed_for(house: House) -> None:
    a_recorded_call(house)
    grant = decided(house)
    other = a_recorded_call(house)
    Conversion.objects.update(record=other)
    with pytest.raises(RefusedError, match="not those that were signed"):
        compressing.prepare(house.desk, house.person("cora"), grant)


def test_it_stops_after_the_recording_at_hand_and_goes_on_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [a_recorded_call(house) for _ in range(3)]
    grant, cora = decided(house), house.person("cora")
    ordered(house, grant)
    certify = disposal.certify

    def stopped_meanwhile(*given: object, **named: object) -> object:
        compressing.stop(cora, grant)
        return certify(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(disposal, "certify", stopped_meanwhile)
        assert compressing.run_waiting(house.desk, house.estate.doors.capture) == 1
    found = compressing.progress(cora, grant)
    assert (found.total, found.done, found.running) == (3, 1, False)
    assert carried_out(house, grant) == 2
    found = compressing.progress(cora, grant)
    assert (found.done, found.waiting) == (3, 0)
    assert found.size < found.native_size
    assert len(disposal.replacements(house.organisation, records)) == 3
    assert compressing.prepare(house.desk, cora, grant) is None


def test_one_order_at_a_time_and_only_of_the_holder(house: House) -> None:
    a_recorded_call(house)
    grant, cora = decided(house), house.person("cora")
    text = compressing.prepare(house.desk, cora, grant)
    assert text is not None
    signed = house.sign("cora", text)
    compressing.order(house.desk, cora, grant, signed)
    assert compressing.prepare(house.desk, cora, grant) is None
    with pytest.raises(RefusedError, match="being carried out"):
        compressing.order(house.desk, cora, grant, signed)
    with pytest.raises(RefusedError):
        compressing.stop(house.person("dora"), grant)


def _before_opening(_house: House, patched: pytest.MonkeyPatch) -> None:
    patched.setattr(type(_house.desk), "open", _dies)


def _before_commit(_house: House, patched: pytest.MonkeyPatch) -> None:
    patched.setattr(type(_house.desk), "replace", _dies)


def _after_commit(_house: House, patched: pytest.MonkeyPatch) -> None:
    replace = type(_house.desk).replace

    def and_dies(*given: object, **named: object) -> None:
        replace(*given, **named)  # type: ignore[arg-type]
        raise _DiedError

    patched.setattr(type(_house.desk), "replace", and_dies)


def _after_encoding(_house: House, patched: pytest.MonkeyPatch) -> None:
    patched.setattr(compressing, "_kept", _dies)


def _in_certifying(_house: House, patched: pytest.MonkeyPatch) -> None:
    patched.setattr(disposal, "certify", _dies)


def _dies(*_given: object, **_named: object) -> None:
    raise _DiedError


@pytest.mark.parametrize(
    ("step", "done"),
    [
        (_before_opening, False),
        (_after_encoding, False),
        (_before_commit, False),
        (_after_commit, True),
        (_in_certifying, True),
    ],
)
def test_a_crash_leaves_one_of_two_records_and_it_goes_on(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    step: Callable[[House, pytest.MonkeyPatch], None],
    done: bool,
) -> None:
    record = a_recorded_call(house)
    grant = decided(house)
    ordered(house, grant)
    with monkeypatch.context() as patched:
        step(house, patched)
        with pytest.raises(_DiedError):
            compressing.run_waiting(house.desk, house.estate.doors.capture)
    assert not Certificate.objects.exists()
    # The worker that died says nothing any more.
    Conversion.objects.update(begun=None if step is _before_opening else Conversion.objects.get().begun)
    ConversionOrder.objects.update(seen=None)
    Conversion.objects.filter(begun__isnull=False).update(begun="2020-01-01T00:00:00Z")
    assert compressing.waiting()
    compressing.run_waiting(house.desk, house.estate.doors.capture)
    if not done and not Certificate.objects.exists():
        carried_out(house, grant)  # what was signed opens a record once: the holder signs again
    excisions.catalogued(house)
    row = Certificate.objects.get(record=record)
    assert conversions([record])[record].done is not None
    new = opened(house, "hana", house.granted([row.replacement]).grant, row.replacement, "listen")
    assert new.captured["replaces"]["record"] == record  # type: ignore[index]
    assert row.kept["size"] == Record.objects.get(pk=row.replacement).size


def test_a_grant_that_was_taken_back_ends_it(house: House) -> None:
    record = a_recorded_call(house)
    grant = decided(house)
    ordered(house, grant)
    dora = house.person("dora")
    text = granting.prepare_revocation(dora, grant, "It was a mistake.")
    granting.revoke(house.desk, dora, grant, house.sign("dora", text))
    assert compressing.run_waiting(house.desk, house.estate.doors.capture) == 0
    assert Record.objects.get(pk=record).erased_at is None
    assert Denial.objects.filter(record=record, action="compress").exists()

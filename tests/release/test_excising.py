"""Two persons take stretches out of a recording: the new record and the old one's end in one commit, one certificate."""

import json
from collections.abc import Callable

import pytest

from muniment.catalogue.models import Record
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.governance import deciding, drafts
from muniment.governance.models import Denial, Draft, Request
from muniment.governance.views import RequestState
from muniment.readers.calls.container import Container
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.source import Held
from muniment.release import disposal, excising, files, notes, opening, redacting
from muniment.release.comparing import compare
from muniment.release.models import Certificate, Excision, Note, Reading
from muniment.release.sound import listening
from muniment.release.sound.messages import Covered, Heard
from muniment.release.withheld import withheld
from tests.governance.house import House
from tests.governance.test_holds import placed, released
from tests.readers.calls.samples import a_call, loudness, the_facts
from tests.readers.calls.test_reading import statement
from tests.readers.calls.test_vcon import vcon
from tests.release.conduct import export_granted, opened
from tests.release.excisions import (
    REASON,
    SECRET,
    SPANS,
    a_call_with_card_data,
    a_file,
    a_vcon,
    asked,
    carried_out,
    catalogued,
    decided,
    heard_by_controller,
    spoken,
)
from tests.release.test_calls import kept


def original_of(house: House, record: str) -> bytes:
    page = opened(house, "ines", export_granted(house, [record]).grant, record, "export")
    return b"".join(files.original(house.desk, house.person("ines"), page.token).chunks)


def test_the_stretch_exists_nowhere_and_the_rest_is_as_it_was(house: House) -> None:
    record = a_call_with_card_data(house)
    certificate = carried_out(house, decided(house, record), record)
    catalogued(house)
    made = original_of(house, certificate.replacement)
    assert SECRET not in made
    container = Container(Held(made))
    assert [(one.why, one.stream) for one in container.masks()] == [("excised", None)]
    sound = hear(container, (0, 4000))
    for channel in sound.channels:
        assert loudness(channel[8000:16_000]) == 0
        assert loudness(channel[: 8000 - 1700]) > 5000
        assert loudness(channel[16_000 + 1700 :]) > 5000
    facts = container.facts()
    assert facts is not None
    assert [one.why for one in facts.masks] == ["excised"]
    assert facts.streams[0].packets < 200


def test_no_file_below_the_home_has_the_bytes_before_or_after(house: House) -> None:
    record = a_call_with_card_data(house)
    carried_out(house, decided(house, record), record)
    decoded = hear(Container(Held(a_call(4, change=spoken))), (1300, 1400)).left.tobytes()
    looked = 0
    for path in house.estate.home.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            looked += 1
            assert SECRET[:32] not in data
            assert decoded[:64] not in data
    assert looked > 5


def test_old_and_new_lead_to_one_another(house: House) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record)
    certificate = carried_out(house, grant, record)
    catalogued(house)
    assert certificate.rule == "0"
    assert {person.name for person in certificate.signers} == {"Cora", "Dora"}
    assert (certificate.record, certificate.spans) == (record, ((1000, 2000, -1),))
    assert Record.objects.get(pk=record).erased_at is not None
    new = Record.objects.get(pk=certificate.replacement)
    assert new.channel == "call"
    assert "taken out of it later" in new.defects
    page = opened(house, "hana", house.granted([new.pk]).grant, new.pk)
    said = page.captured["replaces"]
    assert isinstance(said, dict)
    assert (said["record"], said["why"], said["spans"]) == (record, "excised", [[1000, 2000, -1]])
    assert compare(house.desk, house.organisation) == ()


def test_nothing_opens_the_old_record_any_more(house: House) -> None:
    record = a_call_with_card_data(house)
    reading = house.granted([record])
    token = opened(house, "hana", reading.grant, record).token
    carried_out(house, decided(house, record), record)
    with pytest.raises(RefusedError, match="not open any more"):
        opening.read_again(house.desk, house.person("hana"), token)
    with pytest.raises(RefusedError, match="erased"):
        opened(house, "hana", reading.grant, record)


@pytest.mark.parametrize("name", ["a.wav", "a.ulaw"])
def test_a_file_stays_a_file_of_its_kind(house: House, name: str) -> None:
    head = b""
    if name.endswith("wav"):
        length = 32_000
        head = (
            b"RIFF" + (36 + length).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
            + bytes([7, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0])
            + b"data" + length.to_bytes(4, "little")
        )  # fmt: skip
    data = head + bytes(9600) + SECRET * 30 + bytes(32_000 - 9600 - 4800)
    record = a_file(house, data, name)
    certificate = carried_out(house, decided(house, record), record)
    catalogued(house)
    made = original_of(house, certificate.replacement)
    assert made == data[: len(head) + 8000] + b"\xff" * 8000 + data[len(head) + 16_000 :]


def test_a_vcon_stands_for_a_vcon_that_says_so(house: House) -> None:
    record = a_vcon(house, vcon())
    grant = decided(house, record)
    signed = Request.objects.get(category="erasure").nature or ""
    assert "It is a vCon: with them goes every analysis" in signed
    certificate = carried_out(house, grant, record)
    catalogued(house)
    made = json.loads(original_of(house, certificate.replacement))
    assert made["redacted"] == {"uuid": "0198-1", "type": "card data"}
    assert made["uuid"] != "0198-1"
    new = Record.objects.get(pk=certificate.replacement)
    assert (new.form, new.channel) == ("vcon", "call")
    assert "redacted version" in new.defects
    page = opened(house, "hana", house.granted([new.pk]).grant, new.pk, "listen")
    assert page.call is not None
    assert [(one.why, one.end - one.start) for one in page.call.facts.masks] == [("excised", 1000)]
    reading = listening.heard_reading(house.desk, house.person("hana"), page.token)
    sound = [
        listening.ask(house.desk, reading, "hear", Heard, span=span).data
        for span in ((0, 1000), (1000, 2000))
    ]
    assert [any(one) for one in sound] == [True, False]
    assert compare(house.desk, house.organisation) == ()


def test_a_vcon_whose_recording_lies_elsewhere_too_stays_as_it_is(house: House) -> None:
    inside = json.loads(vcon())["dialog"][0]
    record = a_vcon(house, vcon(dialog=[inside, {**inside, "body": "", "url": "https://x.example/a.wav"}]))
    grant = decided(house, record)
    with pytest.raises(NotAvailableError, match="Nothing was taken out") as refused:
        carried_out(house, grant, record)
    assert "lies outside the vCon" in refused.value.why
    assert Record.objects.get(pk=record).erased_at is None


def test_the_second_person_cannot_be_the_first(house: House) -> None:
    record = a_call_with_card_data(house)
    request = asked(house, heard_by_controller(house, record), record)
    request = house.approve("cora", request)
    assert (request.state, request.grant) == (RequestState.DECIDING, "")
    with pytest.raises(RefusedError):
        deciding.prepare_approval(
            house.desk, house.person("cora"), request.id, "Again.", beside=[house.id("cora")]
        )
    assert withheld(house.organisation, record) == ()
    assert Record.objects.get(pk=record).erased_at is None


@pytest.mark.parametrize("name", ["hana", "ines", "dora", "ada", "aud"])
def test_only_who_may_ask_for_an_erasure_asks(house: House, name: str) -> None:
    with pytest.raises(RefusedError):
        drafts.require_may_ask(house.person(name), "erasure")
    record = a_call_with_card_data(house)
    token = heard_by_controller(house, record)
    with pytest.raises(RefusedError):
        excising.propose(house.desk, house.person(name), token, SPANS, "A reason of words.")
    grant = decided(house, record)
    with pytest.raises(RefusedError):
        excising.prepare(house.desk, house.person(name), grant, record)


def test_whoever_listens_and_may_not_ask_is_refused_and_it_is_written(house: House) -> None:
    record = a_call_with_card_data(house)
    token = opened(house, "hana", house.granted([record]).grant, record, "listen").token
    with pytest.raises(RefusedError):
        excising.propose(house.desk, house.person("hana"), token, SPANS, "A reason of words.")
    assert Denial.objects.filter(record=record, action="excise").exists()


def test_a_grant_to_erase_takes_nothing_out_and_one_to_take_out_erases_nothing(house: House) -> None:
    record = a_call_with_card_data(house)
    erasing = house.erasure_granted([record]).grant
    with pytest.raises(RefusedError):
        excising.prepare(house.desk, house.person("cora"), erasing, record)
    grant = decided(house, record)
    cora = house.person("cora")
    with pytest.raises(RefusedError):
        opening.prepare(cora, grant, [record], "erase")
    with pytest.raises(RefusedError):
        opening.prepare(cora, grant, [record], "listen")
    signed = house.sign("cora", excising.prepare(house.desk, cora, grant, record))
    with pytest.raises(WrongUseError):
        opening.read_record(house.desk, cora, grant, record, signed, action="excise")
    assert Record.objects.get(pk=record).erased_at is None


def test_stretches_are_those_that_were_signed_for(house: House) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record)
    Excision.objects.update(spans=[[0, 100, -1]])
    with pytest.raises(RefusedError, match="not those that were signed"):
        excising.prepare(house.desk, house.person("cora"), grant, record)


def test_once_it_is_decided_nobody_hears_it_and_no_copy_leaves(house: House) -> None:
    record = a_call_with_card_data(house)
    copies = opened(house, "ines", export_granted(house, [record]).grant, record, "export").token
    token = opened(house, "hana", house.granted([record]).grant, record, "listen").token
    reading = listening.heard_reading(house.desk, house.person("hana"), token)

    def sound() -> bytes:
        return listening.ask(house.desk, reading, "hear", Heard, span=(1300, 1500)).data

    assert any(sound())
    decided(house, record)
    assert not any(sound())
    with pytest.raises(RefusedError, match="No copy"):
        files.original(house.desk, house.person("ines"), copies)


def test_what_is_held_stays_silent_until_two_persons_release_it(house: House) -> None:
    record = a_call_with_card_data(house)
    hold = placed(house, [record])
    grant = decided(house, record)
    with pytest.raises(RefusedError, match="silent for everybody"):
        excising.prepare(house.desk, house.person("cora"), grant, record)
    assert withheld(house.organisation, record)
    released(house, hold, "cora")
    released(house, hold, "dora", "")
    assert carried_out(house, grant, record).rule == "0"


def test_copies_that_do_not_cover_it_are_named(house: House) -> None:
    record = a_call_with_card_data(house)
    token = opened(house, "ines", export_granted(house, [record]).grant, record, "export").token

    def copy(start: int, end: int) -> str:
        covers = [Covered(start, end, None, beep=False)]
        doors = house.estate.doors
        return redacting.make(house.desk, doors.capture, house.person("ines"), token, covers, "Names.").record

    short, _whole = copy(1000, 1500), copy(900, 2100)
    assert carried_out(house, decided(house, record), record).copies == (short,)


def test_notes_and_readings_go_with_it(house: House) -> None:
    record = a_call_with_card_data(house)
    token = heard_by_controller(house, record)
    notes.write(house.desk, house.person("cora"), token, 1500, "here it is")
    carried_out(house, decided(house, record), record)
    assert not Note.objects.filter(record=record).exists()
    assert not Reading.objects.filter(record=record).exists()


class CutOffError(Exception):
    """The process ends here."""


def cut(*_: object, **__: object) -> None:
    raise CutOffError


@pytest.mark.parametrize("step", ["open", "decode", "replace"])
def test_a_crash_before_the_commit_changes_nothing_and_it_is_done_again(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record)
    where: dict[str, tuple[object, str]] = {
        "open": (house.desk, "open"),
        "decode": (excising, "_without"),
        "replace": (house.desk, "replace"),
    }
    with monkeypatch.context() as patched:
        patched.setattr(*where[step], cut)
        with pytest.raises(CutOffError):
            carried_out(house, grant, record)
    assert excising.settle(house.desk) == 0
    assert Record.objects.get(pk=record).erased_at is None
    certificate = carried_out(house, grant, record)
    catalogued(house)
    assert SECRET not in original_of(house, certificate.replacement)
    assert compare(house.desk, house.organisation) == ()


@pytest.mark.parametrize("finish", ["worker", "holder"])
def test_a_crash_after_the_commit_is_finished_from_the_ledger(
    house: House, monkeypatch: pytest.MonkeyPatch, finish: str
) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record)
    cora = house.person("cora")
    signed = house.sign("cora", excising.prepare(house.desk, cora, grant, record))
    with monkeypatch.context() as patched:
        patched.setattr(excising, "_certify", cut)
        with pytest.raises(CutOffError):
            excising.carry_out(house.desk, house.estate.doors.capture, cora, grant, record, signed)
    assert not Certificate.objects.exists()
    assert excising.waiting()
    finishers: dict[str, Callable[[], object]] = {
        "worker": lambda: excising.settle(house.desk),
        "holder": lambda: excising.carry_out(
            house.desk, house.estate.doors.capture, cora, grant, record, signed
        ),
    }
    finishers[finish]()
    assert not excising.waiting()
    certificate = disposal.of_record(cora, record)
    catalogued(house)
    assert SECRET not in original_of(house, certificate.replacement)
    assert compare(house.desk, house.organisation) == ()


def test_one_that_another_decision_erased_whole_is_settled_without_a_certificate_of_its_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record)
    erasing = house.erasure_granted([record]).grant
    with monkeypatch.context() as patched:
        patched.setattr(house.desk, "replace", cut)
        with pytest.raises(CutOffError):
            carried_out(house, grant, record)
    from tests.release.conduct import erased  # noqa: PLC0415

    erased(house, erasing, record)
    assert excising.settle(house.desk) == 0
    assert not excising.waiting()
    assert Certificate.objects.get().replacement == ""


def test_what_cannot_be_heard_is_not_asked_for(house: House) -> None:
    record = a_file(house, b"RIFF" + bytes(4000), "broken.wav")
    token = heard_by_controller(house, record)
    with pytest.raises(NotAvailableError):
        excising.propose(house.desk, house.person("cora"), token, SPANS, REASON)
    assert not Draft.objects.exists()


def test_what_cannot_be_read_to_its_end_stays_as_it_is(house: House) -> None:
    facts = the_facts(4)
    damaged = a_call(4, facts=facts)[:-30]
    record = kept(house, damaged, statement("siprec", facts=facts))
    grant = decided(house, record)
    with pytest.raises(NotAvailableError, match="Nothing was taken out"):
        carried_out(house, grant, record)
    assert Record.objects.get(pk=record).erased_at is None


@pytest.mark.parametrize("spans", [(), tuple(Covered(n, n + 1) for n in range(21))])
def test_stretches_are_marked_and_few(house: House, spans: tuple[Covered, ...]) -> None:
    record = a_call_with_card_data(house)
    token = heard_by_controller(house, record)
    with pytest.raises(WrongUseError):
        excising.propose(house.desk, house.person("cora"), token, spans, "A reason of words.")
    assert not Request.objects.filter(category="erasure").exists()

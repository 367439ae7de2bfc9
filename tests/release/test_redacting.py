"""A redacted copy: sealed as a record of its own, certified, taken as a bundle; the original stays."""

import io
import json
import zipfile

import pytest
import soundfile

from muniment.capture import statement as capture
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.release import comparing, files, redacting
from muniment.release.models import Reading, Redaction
from muniment.release.sound.messages import Covered
from tests.governance.house import House
from tests.readers.calls.samples import a_call, loudness, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.conduct import export_granted, opened
from tests.release.sound.test_listening import heard
from tests.release.test_calls import kept
from tests.release.test_opening import tags

COVERS = [Covered(1000, 2000, None, beep=False), Covered(0, 3000, 1, beep=False)]


def for_copies(house: House) -> str:
    facts = the_facts(3)
    name = kept(house, a_call(3, facts=facts), statement("siprec", facts=facts))
    return opened(house, "ines", export_granted(house, [name]).grant, name, "export").token


def made(house: House, token: str) -> redacting.RedactionView:
    return redacting.make(
        house.desk, house.estate.doors.capture, house.person("ines"), token, COVERS, " Names of others. "
    )


def test_the_copy_is_a_record_and_the_certificate_stands_in_the_ledger(house: House) -> None:
    token = for_copies(house)
    found = made(house, token)
    assert found.reason == "Names of others."
    assert found.covers == (COVERS[1], COVERS[0])
    assert found.record != found.original
    assert any("release:record:redacted" in line for line in tags(house))
    assert comparing.compare(house.desk, house.organisation) == ()
    assert redacting.of_opening(house.person("ines"), Reading.objects.get()) == (found,)


def test_the_sealed_copy_is_what_leaves_and_nothing_is_heard_under_a_cover(house: House) -> None:
    token = for_copies(house)
    found = made(house, token)
    bundle = redacting.bundle(house.desk, house.person("ines"), token, found.id)
    with zipfile.ZipFile(io.BytesIO(b"".join(bundle.chunks))) as opened_bundle:
        copy = opened_bundle.read(f"{found.record}.opus")
        certificate = json.loads(opened_bundle.read("certificate.json"))
        words = opened_bundle.read("READ ME.txt").decode()
    assert capture.digest(copy) == found.sha256 == certificate["sha256"]
    assert (certificate["record"], certificate["copy"]) == (found.original, found.record)
    assert certificate["covers"] == [[0, 3000, 1, "silence"], [1000, 2000, -1, "silence"]]
    assert "Names of others." in words
    samples, rate = soundfile.read(io.BytesIO(copy), dtype="int16")
    assert loudness(samples[int(1.1 * rate) : int(1.9 * rate)]) < 20
    assert loudness(samples[: int(0.9 * rate), 0]) > 5000


def test_the_copy_is_opened_as_a_call_under_a_grant_of_its_own(house: House) -> None:
    token = for_copies(house)
    found = made(house, token)
    reading = Reading.objects.get()
    told = redacting._statement(reading, Redaction.objects.get())
    copy = redacting._derived(house.desk, reading, found.covers)
    name = kept(house, copy, told)  # what the worker makes of the sealed record
    page = opened(house, "hana", house.granted([name]).grant, name, "listen")
    assert page.call is not None
    assert page.call.facts.evidence["redaction of"] == found.original
    assert "Opus" in page.call.sound
    assert any("2 stretches are covered" in one for one in page.call.defects)


def test_the_original_is_untouched(house: House) -> None:
    token = for_copies(house)
    made(house, token)
    given = files.original(house.desk, house.person("ines"), token)
    assert b"".join(given.chunks) == a_call(3, facts=the_facts(3))


def test_another_encoder_gives_no_copy_that_is_not_the_sealed_one(house: House) -> None:
    token = for_copies(house)
    found = made(house, token)
    Redaction.objects.update(copy_digest="00" * 32)
    with pytest.raises(NotAvailableError, match="bit by bit"):
        redacting.bundle(house.desk, house.person("ines"), token, found.id)


def test_it_takes_a_grant_to_take_copies(house: House) -> None:
    token = heard(house)
    with pytest.raises(RefusedError, match="not take copies"):
        redacting.make(house.desk, house.estate.doors.capture, house.person("hana"), token, COVERS, "x")
    with pytest.raises(RefusedError):
        redacting.bundle(house.desk, house.person("ines"), for_copies(house), "cert_none")


@pytest.mark.parametrize(
    ("covers", "reason"), [([], "x"), (COVERS * 101, "x"), (COVERS, " "), (COVERS, "x" * 501)]
)
def test_a_redaction_says_what_and_why(house: House, covers: list[Covered], reason: str) -> None:
    with pytest.raises(WrongUseError):
        redacting.make(
            house.desk, house.estate.doors.capture, house.person("ines"), for_copies(house), covers, reason
        )


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (9, 5), (3000, 4000)])
def test_a_cover_lies_within_the_recording(start: int, end: int) -> None:
    with pytest.raises(WrongUseError):
        redacting.cover(start, end, None, "beep", 3000)
    assert redacting.cover(2000, 9000, 1, "silence", 3000) == Covered(2000, 3000, 1, beep=False)

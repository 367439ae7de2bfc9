"""A recording that a program hands over."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool.choosing import Mappings
from muniment.capture.calls.spool.upload import BeginUpload, Taken, Uploads
from muniment.capture.files.held import HeldDigests
from muniment.capture.statement import CaptureStatement, decode
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.row_mapping import SavedMapping
from muniment.core.rule_settings import RecordingRule
from muniment.core.spool_settings import UploadSettings
from muniment.readers.calls.call import Call
from muniment.vault import segments
from muniment.vault.sealing import EpochKey, SealedBatch
from tests.capture.calls.spool.samples import sound
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

FACTS = b'{"started": "2026-03-01T10:00:00Z", "caller": "01 677 8888", "called": "201", "seconds": 60}'


class Nothing:
    """Nothing was saved on the pages."""

    def mappings(self, _organisation: str) -> tuple[SavedMapping, ...]:
        return ()


class Here:
    """A keeper, what is held, and one source."""

    def __init__(self, path: Path) -> None:
        self.keeper = MemoryKeeper()

        @contextmanager
        def held(_organisation: str) -> Iterator[HeldDigests]:
            with HeldDigests(path / "held", b"k" * 32, ledger_size=self.keeper.size) as digests:
                yield digests

        self._held = held
        self.serve_for(ORGANISATION)

    def serve_for(self, organisation: str, ruling: Ruling | None = None) -> None:
        """Whose source it is, and by which rules."""
        settings = UploadSettings(
            organisation=organisation, source="carrier", region="IE", largest=64_000_000
        )
        self.uploads = Uploads([settings], self.keeper, self._held, Mappings([], Nothing()), ruling)

    def hand_over(self, data: bytes, facts: bytes = FACTS, name: str = "call.wav", source: str = "") -> Taken:
        blocks = iter([data[at : at + 65_536] for at in range(0, len(data), 65_536)])
        with self.uploads.begun(BeginUpload(ORGANISATION, source, name)) as upload:
            return upload.take(blocks, lambda: facts)


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_it_is_kept_as_it_came_with_its_facts(here: Here) -> None:
    taken = here.hand_over(sound(1), name="../../calls\\call.wav")
    assert taken == Taken(hashlib.sha256(sound(1)).hexdigest(), len(sound(1)), held_before=False)
    [(said, original)] = here.keeper.records().values()
    assert original == sound(1)
    assert (said.source, said.origin, said.channel) == ("carrier", "upload:carrier/call.wav", "call")
    call = Call(said.call)  # type: ignore[arg-type]
    assert call.facts.started == 1_772_359_200_000
    assert [each.address for each in call.parties] == ["+35316778888", "ext:201"]


def test_the_same_bytes_once_more_are_held_and_nothing_is_kept_twice(here: Here) -> None:
    here.hand_over(sound(1))
    assert here.hand_over(sound(1), name="other.wav").held_before
    assert len(here.keeper.records()) == 1


def test_a_long_one_goes_in_segments_and_once(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muniment.capture.calls.spool.upload.LARGEST_WHOLE", 1000)
    streamed: list[CaptureStatement] = []
    real = segments.StreamSealer.record

    def noted(sealer: segments.StreamSealer, key: EpochKey, told: bytes) -> SealedBatch:
        streamed.append(decode(told))
        return real(sealer, key, told)

    monkeypatch.setattr(segments.StreamSealer, "record", noted)
    long = sound(1) * 200
    taken = here.hand_over(long)
    assert (taken.sha256, taken.held_before) == (hashlib.sha256(long).hexdigest(), False)
    assert here.hand_over(long).held_before
    (said,) = streamed
    assert (said.sha256, said.source, said.call.started) == (taken.sha256, "carrier", 1_772_359_200_000)  # type: ignore[union-attr]


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_rule_leaves_out_is_refused_and_the_ledger_says_so_once(
    here: Here, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    if not whole:
        monkeypatch.setattr("muniment.capture.calls.spool.upload.LARGEST_WHOLE", 1000)
    rule = RecordingRule(
        organisation=ORGANISATION,
        name="council",
        category="works council",
        decision="leave-out",
        reason="agreed",
        numbers=("+353 1 677 8888",),
    )
    here.serve_for(ORGANISATION, Ruling((rule,)))
    for _ in range(2):
        with pytest.raises(RefusedError, match="rule leaves this call out"):
            here.hand_over(sound(1))
    assert here.keeper.records() == {}
    assert here.keeper.declined == [rule.word]


def test_one_that_is_too_large_is_refused_before_it_is_all_there(here: Here) -> None:
    given: list[int] = []

    def blocks() -> Iterator[bytes]:
        while True:
            given.append(1)
            yield bytes(1_000_000)

    with (
        here.uploads.begun(BeginUpload(ORGANISATION, "", "call.wav")) as upload,
        pytest.raises(WrongUseError, match="at most"),
    ):
        upload.take(blocks(), lambda: FACTS)
    assert len(given) < 70


@pytest.mark.parametrize(
    "facts",
    [b"", b"{}", b"[", b'{"caller": "1"}', b'{"started": "soon"}', b"<!DOCTYPE a [<!ENTITY b 'c'>]><c/>"],
)
def test_facts_that_do_not_say_when_are_refused_and_nothing_is_kept(here: Here, facts: bytes) -> None:
    with pytest.raises(WrongUseError):
        here.hand_over(sound(1), facts)
    assert here.keeper.records() == {}


def test_an_unknown_source_a_name_of_no_sound_and_no_sound_are_refused(here: Here) -> None:
    attempts: list[Callable[[], Taken]] = [
        lambda: here.hand_over(sound(1), source="another"),
        lambda: here.hand_over(sound(1), name="call.exe"),
        lambda: here.hand_over(b""),
    ]
    for attempt in attempts:
        with pytest.raises(WrongUseError):
            attempt()
    assert here.keeper.records() == {}


def test_nobody_is_told_kept_while_the_keeper_is_away(here: Here) -> None:
    here.keeper.away = True
    with pytest.raises(NotAvailableError):
        here.hand_over(sound(1))
    here.keeper.away = False
    assert not here.hand_over(sound(1)).held_before

"""A carrier's folder that is looked at again and again."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

import pytest

from muniment.capture.calls.spool import carrier
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.importing import Summary
from muniment.capture.calls.spool.looks import Looks
from muniment.capture.calls.spool.sftp import Session
from muniment.capture.calls.spool.watching import Watch
from muniment.capture.files.held import HeldDigests
from muniment.core.errors import RefusedError
from muniment.core.spool_settings import CarrierSettings
from tests.capture.calls.spool.carriers import key_pair, openssh, public
from tests.capture.calls.spool.samples import sound
from tests.capture.memory_keeper import MemoryKeeper

pytestmark = pytest.mark.needs("/usr/sbin/sshd")

type Chosen = Callable[..., CarrierSettings]
STOP = threading.Event()
TABLE = (
    "uniqueid,src,dst,calldate,billsec,recordingfile\n"
    "m1,07700900123,01632960001,2026-03-01 10:00:00,60,m1.wav\n"
    "m2,07700900123,01632960002,2026-03-01 11:00:00,60,m2.wav\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chosen]:
    with openssh(tmp_path_factory.mktemp("carrier") / "server") as settings:
        yield settings


class Here:
    """Our side: a keeper, what is held on disk, and a folder of the carrier."""

    def __init__(self, path: Path, server: Chosen) -> None:
        self.keeper, self.folder, self._path, self._server = MemoryKeeper(), path / "drop", path, server
        self.folder.mkdir()
        self.watch = self.begun()

    def begun(self, **changes: object) -> Watch:
        """A watch as a new process has it."""
        settings = self._server(self.folder).model_copy(update=changes)

        @contextmanager
        def held(_organisation: str) -> Iterator[HeldDigests]:
            with HeldDigests(self._path / "held", b"k" * 32, ledger_size=self.keeper.size) as digests:
                yield digests

        looks = Looks()
        return Watch(
            settings, self.keeper, held, Mapped, carrier.remote(settings, looks.refused), looks=looks
        )

    def put(self, name: str, data: bytes | str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        os.utime(path, (1_772_359_200, 1_772_359_200))

    def sealed(self) -> dict[str, bytes]:
        return {Path(said.origin).name: original for said, original in self.keeper.records().values()}


@pytest.fixture
def here(tmp_path: Path, server: Chosen) -> Here:
    return Here(tmp_path, server)


def looked(watch: Watch) -> Summary | None:
    """Two looks: the first only meets what is new."""
    watch.look(STOP)
    return watch.look(STOP)


def test_recordings_and_call_details_come_in_as_they_are_with_their_accounts(here: Here) -> None:
    here.put("m1.wav", sound(1))
    here.put("calls.csv", TABLE)
    assert here.watch.look(STOP) is None
    assert here.keeper.records() == {}
    summary = here.watch.look(STOP)
    assert summary is not None
    assert (summary.sealed, summary.failed, summary.unrecorded_count) == (1, 0, 1)
    assert here.sealed() == {"m1.wav": sound(1), "calls.csv": TABLE.encode()}
    (said,) = [said for said, _ in here.keeper.records().values() if said.form == "audio"]
    assert said.origin == f"sftp://127.0.0.1/{here.folder}/m1.wav"
    assert (said.source, said.call.parties[0].e164) == ("carrier", "+447700900123")  # type: ignore[union-attr]


def test_what_stays_there_is_not_fetched_again_even_by_another_process(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.put("m1.wav", sound(1))
    assert looked(here.watch) is not None
    assert here.watch.look(STOP) is None
    read: list[str] = []
    blocks = Session.blocks

    def noted(session: Session, path: PurePath, size: int) -> Iterator[bytes]:
        read.append(str(path))
        return blocks(session, path, size)

    monkeypatch.setattr(Session, "blocks", noted)
    again = here.begun()
    looked(again)
    assert read == []
    here.put("m2.wav", sound(2))
    summary = looked(again)
    assert summary is not None
    assert (summary.sealed, summary.already_held) == (1, 0)
    assert {Path(path).name for path in read} == {"m2.wav"}


def test_what_is_held_already_is_passed_over_by_its_bytes(here: Here) -> None:
    here.put("m1.wav", sound(1))
    here.put("copy/m1-again.wav", sound(1))
    summary = looked(here.watch)
    assert summary is not None
    assert (summary.sealed, summary.already_held) == (1, 1)


def test_a_file_that_still_grows_is_left_until_two_looks_agree(here: Here) -> None:
    here.put("m1.wav", sound(1)[:100])
    here.watch.look(STOP)
    here.put("m1.wav", sound(1))
    assert here.watch.look(STOP) is None
    assert here.watch.look(STOP) is not None
    assert here.sealed() == {"m1.wav": sound(1)}


def test_files_move_to_a_folder_of_the_carrier_once_they_are_kept(here: Here) -> None:
    here.put("2026/m1.wav", sound(1))
    here.put("2026/m1.json", '{"caller": "07700900123", "called": "201", "started": "2026-03-01T10:00:00Z"}')
    watch = here.begun(after="move", moved_to=str(here.folder / "done"))
    looked(watch)
    names = {str(each.relative_to(here.folder)) for each in here.folder.rglob("*") if each.is_file()}
    assert names == {"done/2026/m1.wav", "done/2026/m1.json"}
    assert watch.look(STOP) is None


def test_files_are_removed_where_that_is_asked(here: Here) -> None:
    here.put("m1.wav", sound(1))
    looked(here.begun(after="remove"))
    assert list(here.folder.iterdir()) == []


def test_a_file_that_is_too_large_is_left_and_named(here: Here) -> None:
    here.put("m1.wav", sound(1))
    watch = here.begun(largest=10)
    assert looked(watch) is None
    watch.looks.went_well(None)
    assert watch.looks.state.refused == (f"sftp://127.0.0.1/{here.folder}/m1.wav: larger than 10 bytes",)


def test_another_server_gets_nothing_and_that_is_said(here: Here, tmp_path: Path) -> None:
    watch = here.begun(host_key=public(key_pair(tmp_path / "other")))
    with pytest.raises(RefusedError, match="another key") as refusal:
        watch.look(STOP)
    watch.looks.failed(refusal.value)
    assert "another key" in watch.looks.state.trouble

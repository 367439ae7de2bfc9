"""An import from files to sealed records."""

import base64
import gzip
import hashlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muniment.capture.files.held import HeldDigests
from muniment.capture.files.importing import Import, Ports, Summary
from muniment.capture.tally import Progress
from muniment.readers.mail import reason_unreadable
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

KEY = b"k" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five hundred mails and three other files."""
    path = tmp_path / "mail"
    path.mkdir()
    for number in range(500):
        (path / f"{number:03}.eml").write_bytes(b"Subject: %d\r\n\r\nbody\r\n" % number)
    (path / "copy.eml").write_bytes(b"Subject: 7\r\n\r\nbody\r\n")
    (path / "z.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (path / "zz.mbox").write_bytes(b"From ann@x Mon Mar  4 23:46:15 2019\nSubject: in a box\n\n")
    return path


def imported(
    keeper: MemoryKeeper,
    place: Path,
    *paths: Path,
    ports: Ports | None = None,
    stop: threading.Event | None = None,
) -> tuple[Summary, Import]:
    with HeldDigests(place / "held", KEY, ledger_size=keeper.size) as held:
        run = Import(
            keeper, ORGANISATION, held, ports=ports or Ports(reason_unreadable=reason_unreadable), stop=stop
        )
        return run.run(paths), run


def test_everything_is_sealed_as_it_is_with_where_it_was(tmp_path: Path, folder: Path) -> None:
    keeper = MemoryKeeper()
    summary, _ = imported(keeper, tmp_path, folder)
    assert (summary.seen, summary.sealed, summary.already_held, summary.unreadable, summary.failed) == (
        503,
        502,
        1,
        1,
        0,
    )
    found = {statement.origin: (statement, original) for statement, original in keeper.records().values()}
    statement, original = found[str(folder / "123.eml")]
    assert original == b"Subject: 123\r\n\r\nbody\r\n"
    assert statement.sha256 == hashlib.sha256(original).hexdigest()
    assert (statement.form, statement.source) == ("eml", "import")
    (box,) = [each for each, _ in found.values() if each.form == "mbox"]
    assert box.envelope.sender == "ann@x"


def test_a_second_import_seals_nothing_and_one_more_file_is_one_more(tmp_path: Path, folder: Path) -> None:
    keeper = MemoryKeeper()
    imported(keeper, tmp_path, folder)
    (folder / "new.eml").write_bytes(b"Subject: new\r\n\r\n")
    summary, _ = imported(keeper, tmp_path, folder)
    assert (summary.seen, summary.sealed, summary.already_held) == (504, 1, 503)


def test_a_stop_is_clean_and_the_same_command_takes_it_up(tmp_path: Path, folder: Path) -> None:
    keeper, stop = MemoryKeeper(), threading.Event()
    keeper.before_seal = stop.set
    first, _ = imported(keeper, tmp_path, folder, stop=stop)
    assert first.sealed == keeper.size - 1
    keeper.before_seal = lambda: None
    second, _ = imported(keeper, tmp_path, folder)
    assert first.sealed + second.sealed == 502
    assert len(set(keeper.originals())) == len(keeper.originals()) == 502


def test_a_keeper_that_goes_away_is_said_and_nothing_counts_that_was_not_kept(
    tmp_path: Path, folder: Path
) -> None:
    keeper = MemoryKeeper()

    def once() -> None:
        keeper.away = True

    keeper.before_seal = once
    first, run = imported(keeper, tmp_path, folder)
    assert run.fault is not None
    assert first.sealed == keeper.size - 1
    assert first.failed > 0
    keeper.away, keeper.before_seal = False, lambda: None
    second, _ = imported(keeper, tmp_path, folder)
    assert first.sealed + second.sealed == 502


def test_progress_goes_up_to_the_whole(tmp_path: Path, folder: Path) -> None:
    seen: list[Progress] = []
    imported(MemoryKeeper(), tmp_path, folder, ports=Ports(progress=seen.append))
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert seen[-1].seen == 503
    assert seen[-1].rate > 0
    assert seen[-1].remaining < 5
    assert Progress(0, 0, 10, 0.0).remaining == 0.0


def test_every_real_file_is_sealed_byte_for_byte(
    tmp_path: Path, mail_samples: Path, mail_truth: dict[str, Any]
) -> None:
    keeper = MemoryKeeper()
    summary, run = imported(keeper, tmp_path, mail_samples)
    assert run.fault is None
    assert summary.failed == 0
    assert summary.seen == summary.sealed + summary.already_held
    kept = {hashlib.sha256(original).hexdigest() for original in keeper.originals()}
    for name, truth in mail_truth["messages"].items():
        path = mail_samples / name
        if path.exists() and path.read_bytes()[:5] != b"From " and name not in mail_truth["mbox"]:
            assert truth["sha256"] in kept, name
    again, _ = imported(keeper, tmp_path, mail_samples)
    assert again.sealed == 0


def test_body_hashes_that_dkim_signed_survive(
    tmp_path: Path, mail_samples: Path, mail_truth: dict[str, Any]
) -> None:
    keeper = MemoryKeeper()
    truth = {
        name: checks for name, checks in mail_truth["dkim_body_hash"].items() if isinstance(checks, list)
    }
    names = [name for name, checks in truth.items() if any(each["body_hash_ok"] for each in checks)]
    paths = [mail_samples / name for name in names if (mail_samples / name).exists()]
    imported(keeper, tmp_path, *paths)
    by_origin = {
        statement.origin.partition(", message")[0]: original
        for statement, original in keeper.records().values()
    }
    checked = 0
    for path in paths:
        original = by_origin.get(str(path))
        if original is not None:  # else a copy of one before it
            assert any(signed == computed for signed, computed in body_hashes(original)), path
            checked += 1
    assert checked > 100


def test_nor_are_they_hurt_by_an_mbox(tmp_path: Path, mail_samples: Path, mail_truth: dict[str, Any]) -> None:
    name = "list_linux_hyperv/list.mboxrd.gz"
    (tmp_path / "list.mbox").write_bytes(gzip.decompress((mail_samples / name).read_bytes()))
    keeper = MemoryKeeper()
    with HeldDigests(tmp_path / "held", KEY, ledger_size=keeper.size) as held:
        Import(keeper, ORGANISATION, held, dialect="mboxrd").run([tmp_path / "list.mbox"])
    hashes = [pair for original in keeper.originals() for pair in body_hashes(original)]
    assert sum(signed == computed for signed, computed in hashes) == mail_truth["dkim_body_hash"][name]["ok"]


def body_hashes(original: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each DKIM body hash that a message states, beside the one that its body has (RFC 6376 section 3.4)."""
    head, _, body = re.sub(rb"\r?\n", b"\r\n", original).partition(b"\r\n\r\n")
    for field in re.findall(rb"^DKIM-Signature:((?:\r\n[ \t]|.)*)", head, re.IGNORECASE | re.MULTILINE):
        tags = {
            part.partition(b"=")[0].strip(): b"".join(part.partition(b"=")[2].split())
            for part in field.split(b";")
        }
        text = body
        if tags.get(b"c", b"simple").endswith(b"relaxed"):
            text = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", text))
        text = text.rstrip(b"\r\n") + b"\r\n" if text.strip(b"\r\n") else b""
        if b"l" in tags:
            text = text[: int(tags[b"l"])]
        digest = hashlib.new("sha1" if tags.get(b"a", b"").endswith(b"sha1") else "sha256", text).digest()
        yield base64.b64decode(tags.get(b"bh", b"")), digest

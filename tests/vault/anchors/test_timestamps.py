"""Time stamps by a real authority are believed under its root, and nothing else is."""

import subprocess
from pathlib import Path
from random import Random

import pytest

from muniment.core import clock
from muniment.core.errors import FaultFoundError, MunimentError, NotAvailableError
from muniment.vault.anchors import timestamps
from muniment.vault.anchors.timestamps import check, stamp
from tests.vault.anchors.stamping import Authority, Reply, serving, stamps

KIND = "application/timestamp-reply"


@pytest.mark.parametrize("chain", [False, True])
def test_a_stamp_is_asked_for_kept_raw_and_checked_without_a_network(
    authority: Authority, note: bytes, chain: bool
):
    now = clock.seconds()
    with serving(stamps(authority, chain=chain)) as url:
        raw = stamp(url, note, [authority.root], now=now)
    found = check(raw, note, [authority.root])
    assert found.trusted
    assert abs(found.time - now) < 60
    assert not check(raw, note, []).trusted


def test_a_stamp_with_a_chain_is_read_by_openssl_alone(authority: Authority, note: bytes):
    with serving(stamps(authority, chain=True)) as url:
        raw = stamp(url, note, [authority.root], now=clock.seconds())
    assert timestamps._read(raw) is None


def test_openssl_itself_believes_what_was_kept(authority: Authority, note: bytes, tmp_path: Path):
    with serving(stamps(authority)) as url:
        (tmp_path / "raw").write_bytes(stamp(url, note, [authority.root], now=clock.seconds()))
    (tmp_path / "note").write_bytes(note)
    asked = ["openssl", "ts", "-verify", "-in", "raw", "-data", "note", "-CAfile", str(authority.root)]
    assert subprocess.run(asked, cwd=tmp_path, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("chain", [False, True])
def test_a_stamp_of_something_else_or_by_somebody_else_is_a_fault(
    authority: Authority, stranger: Authority, note: bytes, chain: bool
):
    with serving(stamps(authority, chain=chain)) as url:
        raw = stamp(url, note, [authority.root], now=clock.seconds())
    with pytest.raises(FaultFoundError, match="something else"):
        check(raw, note + b"x", [authority.root])
    with pytest.raises(FaultFoundError, match="trusted"):
        check(raw, note, [stranger.root])
    with pytest.raises(FaultFoundError, match="another request"):
        check(raw, note, [authority.root], nonce=1)


@pytest.mark.parametrize("chain", [False, True])
def test_changed_bytes_are_refused(authority: Authority, note: bytes, chain: bool):
    with serving(stamps(authority, chain=chain)) as url:
        raw = stamp(url, note, [authority.root], now=clock.seconds())
    random, refused = Random(7), 0
    for _ in range(25):
        at = random.randrange(len(raw))
        changed = raw[:at] + bytes((raw[at] ^ random.randrange(1, 256),)) + raw[at + 1 :]
        try:
            check(changed, note, [authority.root])
        except MunimentError:
            refused += 1
    assert refused >= 20  # the rest is text that nobody signs; the name of a kept anchor covers it


def another_nonce(authority: Authority) -> Reply:
    """Answers every query with the stamp of a fixed older one: a replay."""
    kept: list[bytes] = []

    def reply(query: bytes) -> tuple[int, str, bytes]:
        kept.append(authority.stamp(query))
        return 200, KIND, kept[0]

    return reply


def test_a_replayed_answer_is_refused(authority: Authority, note: bytes):
    with serving(another_nonce(authority)) as url:
        stamp(url, note, [authority.root], now=clock.seconds())
        with pytest.raises(NotAvailableError, match="another request"):
            stamp(url, note, [authority.root], now=clock.seconds())


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, KIND, b""),
        (200, "text/html", b"<p>captive portal"),
        (200, KIND, b""),
        (200, KIND, b"\x30\x03\x02\x01\x02"),
        (200, KIND, b"\x30\x84\xff\xff\xff\xff"),
        (200, KIND, bytes(60_000)),
        (200, KIND, bytes(70_000)),
        (302, KIND, b""),
    ],
)
def test_an_answer_that_is_no_stamp_is_refused(
    status: int, kind: str, body: bytes, note: bytes, authority: Authority
):
    with serving(lambda _: (status, kind, body)) as url, pytest.raises(NotAvailableError):
        stamp(url, note, [authority.root], now=clock.seconds())


def test_a_stamp_of_another_digest_key_or_time_is_refused(
    authority: Authority, stranger: Authority, note: bytes
):
    def of_another_digest(query: bytes) -> tuple[int, str, bytes]:
        # The digest is the only run of 32 bytes after its tag in a query.
        at = query.index(b"\x04\x20") + 2
        return 200, KIND, authority.stamp(query[:at] + bytes(32) + query[at + 32 :])

    with serving(of_another_digest) as url, pytest.raises(NotAvailableError, match="something else"):
        stamp(url, note, [authority.root], now=clock.seconds())
    with serving(stamps(stranger)) as url, pytest.raises(NotAvailableError, match="trusted"):
        stamp(url, note, [authority.root], now=clock.seconds())
    with serving(stamps(authority)) as url, pytest.raises(NotAvailableError, match="clock"):
        stamp(url, note, [authority.root], now=clock.seconds() + 2 * timestamps.CLOCKS_APART)


def test_without_openssl_a_chained_stamp_cannot_be_judged(
    authority: Authority, note: bytes, monkeypatch: pytest.MonkeyPatch
):
    with serving(stamps(authority, chain=True)) as url:
        raw = stamp(url, note, [authority.root], now=clock.seconds())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotAvailableError, match="openssl"):
        check(raw, note, [authority.root])


def test_a_root_that_cannot_be_read_says_nothing_of_the_stamp(
    authority: Authority, note: bytes, tmp_path: Path
):
    with serving(stamps(authority)) as url:
        raw = stamp(url, note, [authority.root], now=clock.seconds())
    with pytest.raises(NotAvailableError):
        check(raw, note, [tmp_path / "none.pem"])

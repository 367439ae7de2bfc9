"""The key of a call under way: for the epoch's holder alone, and never a record's."""

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.core.ids import new_record_id
from muniment.vault import live_keys, sealing
from muniment.vault.live_keys import HEAD_BYTES, read_head, unwrap_live, wrap_live
from muniment.vault.sealing import EpochKey
from tests.vault.conftest import ORGANISATION

PRIVATE = X25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = EpochKey(ORGANISATION, 3, PRIVATE.public_key().public_bytes_raw())
DATA_KEY = bytes(range(100, 132))
HEAD = wrap_live(KEY, "call_1", DATA_KEY, new_record_id())


def test_the_head_comes_back_and_opens_for_the_epoch() -> None:
    assert len(HEAD.pack()) == HEAD_BYTES
    assert read_head(HEAD.pack()) == HEAD
    assert unwrap_live(PRIVATE, HEAD) == DATA_KEY


@pytest.mark.parametrize(
    "change",
    [
        {"organisation": "org_b"},
        {"call": "call_2"},
        {"epoch": 4},
        {"record": bytes(16)},
        {"ephemeral": bytes(32)},
        {"wrapped": bytes(48)},
    ],
)
def test_no_altered_head_opens(change: dict[str, object]) -> None:
    with pytest.raises(FaultFoundError):
        unwrap_live(PRIVATE, msgspec.structs.replace(HEAD, **change))
    with pytest.raises(FaultFoundError):
        unwrap_live(X25519PrivateKey.generate(), HEAD)


def test_a_records_slot_is_no_live_call() -> None:
    record = new_record_id()
    ephemeral, (wrapped,) = sealing.wrap_again(KEY, [(record, DATA_KEY)])
    assert wrapped is not None
    forged = msgspec.structs.replace(HEAD, ephemeral=ephemeral, wrapped=wrapped, record=record)
    with pytest.raises(FaultFoundError):
        unwrap_live(PRIVATE, forged)


@given(st.binary(max_size=200))
def test_junk_is_no_head(data: bytes) -> None:
    for text in (data, live_keys.MAGIC + data, live_keys.MAGIC + len(data).to_bytes(2, "little") + data):
        with suppress(FaultFoundError):
            assert read_head(text) is None


def test_the_heads_of_a_folder_are_those_of_kept_calls(tmp_path: Path) -> None:
    assert list(live_keys.heads(tmp_path / "none")) == []
    (tmp_path / "a.live").write_bytes(HEAD.pack() + b"chunks")
    (tmp_path / "b.live").write_bytes(bytes(HEAD_BYTES))
    (tmp_path / "c.live").write_bytes(b"junk")
    (tmp_path / "d.txt").write_bytes(HEAD.pack())
    assert list(live_keys.heads(tmp_path)) == [HEAD]

"""A copy of a pack is brought up to date whichever of the two was compacted, and refuses other entries."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.vault.backup.joining import bring
from muniment.vault.packs import mapped, read_groups, read_spans, sealed_length
from tests.vault.compacting import closed
from tests.vault.conftest import Vault

__all__ = ["closed"]  # a fixture


@pytest.fixture
def forms(closed: Vault) -> tuple[bytes, bytes, list[int]]:
    """A pack, the same compacted, and where the groups of the longer one end."""
    path = closed.path / "packs" / "000001.pack"
    whole = path.read_bytes()
    with closed.open() as store:
        store.compact(1)
    return whole, path.read_bytes(), [span.end for span in read_spans(whole)]


def leaves(data: bytes) -> list[bytes]:
    groups = list(read_groups(data, 1))
    assert groups[-1].end == len(data)
    return [leaf for group in groups for leaf in group.leaves]


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_copy_becomes_whole_from_any_state_and_loses_nothing(
    tmp_path: Path, forms: tuple[bytes, bytes, list[int]], data: st.DataObject
):
    whole, short, ends = forms
    pack, copy = tmp_path / "pack", tmp_path / "copy"
    had, has = data.draw(st.permutations([whole, short])) if data.draw(st.booleans()) else [whole, whole]
    bounds = [0, *(span.end for span in read_spans(had))]
    cut = data.draw(st.integers(0, len(bounds) - 1))
    rubbish = data.draw(st.binary(max_size=300)) if cut < len(bounds) - 1 else b""
    synced = not rubbish and cut == len(bounds) - 1
    pack.write_bytes(has)
    copy.write_bytes(had[: bounds[cut]] + rubbish)
    for _ in range(2):
        list(bring(pack, copy, len(whole), least=[0, *ends][cut], synced=synced))
        found = copy.read_bytes()
        assert found.startswith(had[: bounds[cut]])
        assert leaves(found) == leaves(whole)
        assert sealed_length(found, len(found)) == len(whole)


def test_a_part_is_copied_as_far_as_it_was_durable(tmp_path: Path, forms: tuple[bytes, bytes, list[int]]):
    whole, short, ends = forms
    pack, copy = tmp_path / "pack", tmp_path / "copy"
    for has in (whole, short):
        pack.write_bytes(has)
        copy.unlink(missing_ok=True)
        for end in ends:
            list(bring(pack, copy, end, least=0, synced=False))
            assert leaves(copy.read_bytes()) == leaves(whole)[: len(leaves(copy.read_bytes()))]
            assert sealed_length(copy.read_bytes(), copy.stat().st_size) == end
    with pytest.raises(FaultFoundError, match="within a group"), mapped(pack):
        list(bring(pack, copy, ends[0] + 1, least=0, synced=False))


def test_other_entries_are_refused_and_not_overwritten(tmp_path: Path, forms: tuple[bytes, bytes, list[int]]):
    whole, short, ends = forms
    pack, copy = tmp_path / "pack", tmp_path / "copy"
    pack.write_bytes(short)
    damaged = bytearray(whole)
    damaged[ends[1] - 100] ^= 1
    for content, length in ((bytes(damaged), len(whole)), (whole, ends[-2]), (whole[: ends[2]], len(whole))):
        copy.write_bytes(content)
        with pytest.raises(FaultFoundError):
            list(bring(pack, copy, length, least=ends[-2], synced=False))
        assert copy.read_bytes() == content

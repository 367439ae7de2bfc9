"""A copy of a pack is brought up to date whichever of the two was compacted, and refuses other entries."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.vault.backup import s3
from muniment.vault.backup.destination import Destination, whole
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.joining import Copy, arriving, bring
from muniment.vault.packs import read_groups, read_spans, sealed_length
from tests.vault.backup.store import Store
from tests.vault.compacting import closed
from tests.vault.conftest import Vault

__all__ = ["closed"]  # a fixture

NAME = "packs/firm/000001.pack"


@pytest.fixture
def forms(closed: Vault) -> tuple[bytes, bytes, list[int]]:
    """A pack, the same compacted, and where the groups of the longer one end."""
    path = closed.path / "packs" / "000001.pack"
    whole = path.read_bytes()
    with closed.open() as store:
        store.compact(1)
    return whole, path.read_bytes(), [span.end for span in read_spans(whole)]


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Destination:
    if request.param == "folder":
        return Folder(tmp_path / "backup")
    monkeypatch.setattr(s3, "EXTENT_BYTES", 700)
    store: Store = request.getfixturevalue("s3_store")
    return store.bucket()


def put(place: Destination, path: Path, data: bytes) -> None:
    """Make the copy nothing but these bytes."""
    place.remove(NAME if isinstance(place, Folder) else f"{NAME}/")
    path.write_bytes(data)
    list(place.grow(NAME, path, len(data)))


def copy_of(place: Destination, *, synced: bool = False) -> Copy:
    return Copy(place, NAME, sum(each.size for each in place.listed(NAME)), synced)


def leaves(data: bytes) -> list[bytes]:
    groups = list(read_groups(data, 1))
    assert groups[-1].end == len(data)
    return [leaf for group in groups for leaf in group.leaves]


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
@given(data=st.data())
def test_a_copy_becomes_whole_from_any_state_and_loses_nothing(
    place: Destination, tmp_path: Path, forms: tuple[bytes, bytes, list[int]], data: st.DataObject
):
    """Whichever form was copied, as far as it came, within a group too, and whichever form is there now."""
    long, short, ends = forms
    pack = tmp_path / "pack"
    had, has = data.draw(st.tuples(st.sampled_from([long, short]), st.sampled_from([long, short])))
    bounds = [0, *(span.end for span in read_spans(had))]
    cut = data.draw(st.integers(0, len(bounds) - 1))
    rest = b""
    if cut < len(bounds) - 1:
        part = data.draw(st.integers(0, bounds[cut + 1] - bounds[cut] - 1))
        rest = had[bounds[cut] : bounds[cut] + part]
        if isinstance(place, Folder):  # a bucket never holds what was not put there
            rest = data.draw(st.sampled_from([rest, bytes(len(rest)), b"rubbish"]))
    put(place, tmp_path / "aside", had[: bounds[cut]] + rest)
    pack.write_bytes(has)
    for _ in range(2):
        list(bring(pack, copy_of(place, synced=cut == len(bounds) - 1), len(long), least=[0, *ends][cut]))
        found = whole(place, NAME)
        assert found.startswith(had[: bounds[cut]])
        assert leaves(found) == leaves(long)
        assert sealed_length(found, len(found)) == len(long)


def test_a_part_is_copied_as_far_as_it_was_durable(
    place: Destination, tmp_path: Path, forms: tuple[bytes, bytes, list[int]]
):
    long, short, ends = forms
    pack = tmp_path / "pack"
    for has in (long, short):
        pack.write_bytes(has)
        put(place, tmp_path / "aside", b"")
        for end in ends:
            list(bring(pack, copy_of(place), end, least=0))
            found = whole(place, NAME)
            assert leaves(found) == leaves(long)[: len(leaves(found))]
            assert sealed_length(found, len(found)) == end
    with pytest.raises(FaultFoundError, match="within a group"):
        list(bring(pack, copy_of(place), ends[0] + 1, least=0))


def test_other_entries_are_refused_and_not_overwritten(
    place: Destination, tmp_path: Path, forms: tuple[bytes, bytes, list[int]]
):
    long, short, ends = forms
    pack = tmp_path / "pack"
    pack.write_bytes(short)
    damaged = bytearray(long)
    damaged[ends[1] - 100] ^= 1
    for content, length in ((bytes(damaged), len(long)), (long, ends[-2]), (long[: ends[2]], len(long))):
        put(place, tmp_path / "aside", content)
        with pytest.raises(FaultFoundError):
            list(bring(pack, copy_of(place), length, least=ends[-2]))
        assert whole(place, NAME) == content


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
@given(data=st.data())
def test_groups_arrive_whole_however_they_are_cut_into_pieces(
    forms: tuple[bytes, bytes, list[int]], data: st.DataObject
):
    content = data.draw(st.sampled_from(forms[:2]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)))))
    end = data.draw(st.integers(0, len(content)))
    pieces = [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    pieces = pieces if end == len(content) else [content[:end][at : at + 50] for at in range(0, end, 50)]
    whole_groups = list(read_groups(content[:end], 1))
    found = list(arriving(pieces))
    assert b"".join(each for each, _ in found) == content[: whole_groups[-1].end if whole_groups else 0]
    assert [group.commit for _, group in found] == [group.commit for group in whole_groups]

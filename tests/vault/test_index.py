"""The index says where entries lie, and notices its own damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.vault.frames import Kind
from muniment.vault.index import Index, Place, pack_place, parse_place

PLACES = st.builds(
    Place,
    st.sampled_from(Kind),
    st.integers(1, 2**24 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=16, max_size=16).map(RecordId),
    st.binary(min_size=32, max_size=32),
)


@given(PLACES, st.integers(0, 63), st.integers(1, 255))
def test_a_place_comes_back_and_any_changed_byte_shows(place: Place, at: int, mask: int):
    data = pack_place(place)
    assert parse_place(data) == place
    assert parse_place(data[:at] + bytes((data[at] ^ mask,)) + data[at + 1 :]) is None
    assert parse_place(data[:-1]) is None


@given(st.lists(PLACES, max_size=20, unique_by=lambda place: place.id))
def test_an_index_is_loaded_as_it_was(places: list[Place]):
    index = Index()
    for place in places:
        index.add(place)
    loaded = Index.load(bytes(index.image), len(places))
    assert loaded is not None
    assert [loaded.place(seq) for seq in range(len(loaded))] == places
    assert [loaded.sequence(place.id) for place in places] == list(range(len(places)))
    assert list(loaded.leaves()) == [place.leaf for place in places]
    assert [loaded.kind(seq) for seq in range(len(places))] == [place.kind for place in places]
    assert Index.load(bytes(index.image), len(places) + 1) is None


def test_an_unknown_identifier():
    assert Index().sequence(RecordId(bytes(16))) is None


def test_kinds_are_found_and_counted_and_the_end_can_be_forgotten():
    index = Index()
    kinds = [Kind.RECORD, Kind.ACTION, Kind.SEGMENT, Kind.ACTION, Kind.RECORD]
    places = [Place(kind, 1, seq, RecordId(bytes((seq,)) * 16), bytes(32)) for seq, kind in enumerate(kinds)]
    index.extend(places)
    assert list(index.of_kind(Kind.ACTION)) == [1, 3]
    assert [index.count(kind) for kind in Kind] == [2, 2, 1]
    assert [index.sequence(place.id) for place in places] == list(range(5))
    index.cut(3)
    assert [index.sequence(place.id) for place in places] == [0, 1, 2, None, None]
    index.add(places[4])
    assert index.sequence(places[4].id) == 3
    assert len(index) == 4


def test_the_entries_of_a_pack_follow_one_another_and_move_within_it_only():
    index, leaf = Index(), bytes(32)
    places = [
        Place(Kind.RECORD, pack, 100 * at, RecordId(bytes((pack, at)) + bytes(14)), leaf)
        for pack, count in ((1, 3), (2, 1), (4, 5))
        for at in range(count)
    ]
    for place in places:
        index.add(place)
    assert [index.within(pack) for pack in range(6)] == [
        *(range(0), range(3), range(3, 4), range(4, 4), range(4, 9), range(9, 9))
    ]
    moved = [place._replace(offset=place.offset // 2) for place in places[4:]]
    index.renew(4, moved)
    assert [index.place(seq) for seq in range(9)] == places[:4] + moved
    for wrong in (moved[:2][::-1], [moved[0]._replace(leaf=b"x" * 32)], [*moved, moved[0]]):
        with pytest.raises(FaultFoundError):
            index.renew(4, wrong)
    assert [index.place(seq) for seq in range(9)] == places[:4] + moved

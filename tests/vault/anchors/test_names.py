"""A name says size, time, source and digest, and reads back as it was written."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.anchors import names
from muniment.vault.anchors.names import Anchor, Ending

NUMBERS = st.integers(0, 10**12 - 1)


@given(NUMBERS, NUMBERS, st.from_regex(names.SOURCE, fullmatch=True), st.binary(), st.sampled_from(Ending))
def test_a_name_reads_back(size: int, time: int, source: str, data: bytes, ending: Ending):
    anchor = Anchor(size, time, source, names.digest(data), ending)
    assert names.parse(anchor.name) == anchor
    assert anchor.fits(data)
    assert not anchor.fits(data + b"x")


def test_what_is_no_anchor():
    for name in ("", "monday.checkpoint", names.head_name(5), "aside", "1-2-x-0.tsr", "../x"):
        assert names.parse(name) is None


def test_a_folder_is_listed_from_the_oldest(tmp_path: Path):
    assert names.listed(tmp_path / "none") == []
    made = [Anchor(size, time, "one", "0" * 16, Ending.STAMPED) for size, time in ((9, 5), (3, 1), (4, 5))]
    for anchor in made:
        (tmp_path / anchor.name).touch()
    (tmp_path / "aside").touch()
    assert [anchor.size for anchor in names.listed(tmp_path)] == [3, 4, 9]

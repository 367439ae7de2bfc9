"""What every place of a backup must do: one set of tests for a folder, a bucket, and a bucket with versions."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as draw

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.vault.backup import s3
from muniment.vault.backup.destination import Destination, Stored, parse_address, text, whole
from muniment.vault.backup.folder import Folder
from tests.vault.backup.store import Store

SMALL_EXTENT = 16
PACK = "packs/firm/000001.pack"


@pytest.fixture(params=["folder", "bucket", "versions"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Destination:
    if request.param == "folder":
        return Folder(tmp_path / "backup")
    monkeypatch.setattr(s3, "EXTENT_BYTES", SMALL_EXTENT)
    s3_store: Store = request.getfixturevalue("s3_store")
    return s3_store.bucket(versions=request.param == "versions")


def grown(place: Destination, name: str, tmp_path: Path, data: bytes, end: int, kept: int = 0) -> int:
    source = tmp_path / "source"
    source.write_bytes(data)
    return sum(place.grow(name, source, end, start=kept, kept=kept))


def test_what_was_written_is_listed_and_read(place: Destination) -> None:
    with place.alone(writing=True):
        place.write("keys/one/keyring", b"first")
        place.write("keys/one/keyring", b"second")
        place.write("keys/two/keyring", b"")
        place.write("packs/firm/checkpoint", "häd".encode())
    assert place.listed("keys/") == [Stored("keys/one/keyring", 6), Stored("keys/two/keyring", 0)]
    assert [each.name for each in place.listed("")] == [
        "keys/one/keyring",
        "keys/two/keyring",
        "packs/firm/checkpoint",
    ]
    assert place.listed("nothing/") == []
    assert whole(place, "keys/one/keyring") == b"second"
    assert text(place, "packs/firm/checkpoint") == "häd"
    place.write("packs/firm/checkpoint", b"\xff")
    with pytest.raises(FaultFoundError, match="damaged"):
        text(place, "packs/firm/checkpoint")


def test_what_is_not_there_is_said(place: Destination) -> None:
    with place.alone(writing=True), pytest.raises(NotAvailableError):
        whole(place, "keys/none/keyring")
    assert place.title


def test_a_file_grows(place: Destination, tmp_path: Path) -> None:
    data = bytes(range(100))
    with place.alone(writing=True):
        assert grown(place, PACK, tmp_path, data, 40) == 40
        assert place.listed("packs/") == [Stored(PACK, 40)]
        assert grown(place, PACK, tmp_path, data, 100, kept=40) == 60
        assert grown(place, PACK, tmp_path, data, 100, kept=100) == 0
    assert place.listed("packs/") == [Stored(PACK, 100)]
    read = b"".join(place.read(PACK, 35, 85))
    assert read == data[35:85]
    assert whole(place, PACK) == data
    with pytest.raises(FaultFoundError, match="shorter"):
        list(place.read(PACK, 0, 101))


def test_it_is_said_how_far_a_file_is_the_same(place: Destination, tmp_path: Path) -> None:
    data, other = bytes(range(100)), tmp_path / "other"
    with place.alone(writing=True):
        other.write_bytes(data)
        assert place.same(PACK, other, 100) == 0
        grown(place, PACK, tmp_path, data, 70)
        assert place.same(PACK, other, 100) == 70
        assert 70 - SMALL_EXTENT <= place.same(PACK, other, 69) <= 69
        other.write_bytes(data[:50] + b"another" + data[57:])
        assert 50 - SMALL_EXTENT <= place.same(PACK, other, 100) <= 50
        with pytest.raises(FaultFoundError, match="shorter"):
            grown(place, PACK, tmp_path, data, 120, kept=70)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(draw.data())
def test_a_file_goes_on_otherwise_from_anywhere(
    place: Destination, tmp_path: Path, data: draw.DataObject
) -> None:
    """A model, which is bytes, cut and gone on with from anywhere in another file; the place holds the same."""
    source, model = tmp_path / "source", b""
    with place.alone(writing=True):
        place.remove("")
        for _ in range(data.draw(draw.integers(1, 5))):
            content = data.draw(draw.binary(min_size=70, max_size=70))
            kept = data.draw(draw.integers(0, len(model)))
            start = data.draw(draw.integers(0, 69))
            end = data.draw(draw.integers(start + 1, 70))
            source.write_bytes(content)
            list(place.grow(PACK, source, end, start=start, kept=kept))
            model = model[:kept] + content[start:end]
            assert place.listed("") == [Stored(PACK, len(model))]
            assert whole(place, PACK) == model
            first, last = sorted((data.draw(draw.integers(0, len(model))), len(model)))
            assert b"".join(place.read(PACK, first, last)) == model[first:last]
            source.write_bytes(model + b"more")
            assert place.same(PACK, source, len(model) + 4) == len(model)


def test_what_is_removed_is_gone_and_nothing_else(place: Destination, tmp_path: Path) -> None:
    with place.alone(writing=True):
        place.write("keys/one/generation.json", b"{}")
        place.write("keys/one/firm/keyring", b"wrapped")
        place.write("keys/one/firm/keyring", b"wrapped again")
        grown(place, "keys/one/muniment.db", tmp_path, bytes(100), 100)
        place.write("keys/other/generation.json", b"{}")
        place.remove("keys/one/generation.json")
        place.remove("keys/one/")
        place.remove("keys/never/")
    assert [each.name for each in place.listed("")] == ["keys/other/generation.json"]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(draw.data())
def test_it_is_what_was_put_there_whatever_was_done(
    place: Destination, tmp_path: Path, data: draw.DataObject
) -> None:
    """A model, which is a dictionary, and the place: after each step they hold the same."""
    with place.alone(writing=True):
        place.remove("")
        content, names = (
            draw.binary(min_size=60, max_size=60),
            draw.sampled_from(["packs/a", "keys/b/c", "keys/b/d"]),
        )
        source, model = data.draw(content), dict[str, bytes]()
        for _ in range(data.draw(draw.integers(1, 6))):
            name, step = data.draw(names), data.draw(draw.sampled_from(["write", "grow", "remove"]))
            if step == "write" and name != "packs/a":
                model[name] = data.draw(draw.binary(max_size=20))
                place.write(name, model[name])
            elif step == "grow" and name == "packs/a":
                have = len(model.get(name, b""))
                end = data.draw(draw.integers(max(1, have), 60))
                assert grown(place, name, tmp_path, source, end, have) == end - have
                model[name] = source[:end]
            elif step == "remove":
                place.remove(name)
                model.pop(name, None)
            assert place.listed("") == sorted(Stored(each, len(model[each])) for each in model)
        for name, expected in model.items():
            start = data.draw(draw.integers(0, len(expected)))
            assert b"".join(place.read(name, start, len(expected))) == expected[start:]


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://bucket/a/b/", ("bucket", "a/b/")),
    ],
)
def test_an_address_names_bucket_and_prefix(address: str, parts: tuple[str, str]) -> None:
    assert parse_address(address) == parts


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///a", "bucket/a", "s3://bucket/a//b", "s3://bucket/a/../b"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(WrongUseError):
        parse_address(address)

"""The evidence bundle checks with nothing but itself."""

import io
import tracemalloc
import zipfile
from hashlib import sha512
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from muniment.core.errors import RefusedError
from muniment.governance.desk import Desk
from muniment.release import proof
from muniment.release.models import Reading
from muniment.vault import prove
from muniment.vault.messages import Evidence, SegmentEvidence
from tests.governance.house import House
from tests.release.conduct import export_granted, opened


def test_the_bundle_proves_itself_and_names_every_opening(house: House, tmp_path: Path) -> None:
    records = house.records(2)
    grant = export_granted(house, records).grant
    page = opened(house, "ines", grant, records[0], "export")
    given = proof.bundle(house.desk, house.person("ines"), page.token)

    assert given.name == f"{records[0]}.zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(given.chunks))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    report = prove.prove(tmp_path / records[0])
    assert report.holds
    assert house.id("hana").encode() not in (tmp_path / records[0] / "data/proof/openings.json").read_bytes()


def test_a_grant_to_read_gives_no_evidence(house: House) -> None:
    [record] = house.records(1)
    page = opened(house, "hana", house.granted([record]).grant, record)
    with pytest.raises(RefusedError, match="Evidence holds the record itself"):
        proof.bundle(house.desk, house.person("hana"), page.token)


SEGMENTS = 24


class Recording:
    """The desk of a keeper, in which a record of the house stands for a long recording."""

    def __init__(self, house: House, length: int) -> None:
        self._desk, self.length = house.desk, length

    def evidence(self, *named: Any) -> Evidence:
        return msgspec.structs.replace(self._desk.evidence(*named), segments=SEGMENTS)

    def read(self, _session: bytes, _offset: int, length: int) -> bytes:
        return bytes(length)

    def segment(self, *named: Any) -> SegmentEvidence:
        return SegmentEvidence(b"h" * 36, named[-1].to_bytes(4) * (1 << 20))


def test_a_long_recording_passes_with_little_of_it_in_memory(house: House, tmp_path: Path) -> None:
    [record] = house.records(1)
    page = opened(house, "ines", export_granted(house, [record]).grant, record, "export")
    length = SEGMENTS * (4 << 20)
    Reading.objects.update(length=length)
    given = proof.bundle(cast("Desk", Recording(house, length)), house.person("ines"), page.token)
    tracemalloc.start()
    with (tmp_path / "bundle.zip").open("wb") as file:
        for chunk in given.chunks:
            file.write(chunk)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "bundle.zip").stat().st_size > 2 * length
    assert most < 32 << 20
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert archive.testzip() is None
        assert archive.getinfo(f"{record}/data/original").file_size == length
        manifest = archive.read(f"{record}/manifest-sha512.txt").decode().splitlines()
        listed = dict(line.split("  ")[::-1] for line in manifest)
        last = f"data/proof/segments/{SEGMENTS - 1:08d}"
        assert listed[last] == sha512(archive.read(f"{record}/{last}")).hexdigest()
        assert listed["data/original"] == sha512(bytes(length)).hexdigest()


def test_half_a_bundle_opens_nowhere(house: House) -> None:
    [record] = house.records(1)
    page = opened(house, "ines", export_granted(house, [record]).grant, record, "export")
    chunks = list(proof.bundle(house.desk, house.person("ines"), page.token).chunks)
    with pytest.raises(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(b"".join(chunks[:-1]))):
        pass

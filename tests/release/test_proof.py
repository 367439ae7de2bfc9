"""The evidence bundle checks with nothing but itself."""

import io
import zipfile
from pathlib import Path

import pytest

from muniment.core.errors import RefusedError
from muniment.release import proof
from muniment.vault import prove
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

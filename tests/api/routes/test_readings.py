"""What is open, over the API: streams that no cache keeps and no browser runs."""

import io
import zipfile

from tests.api.conftest import Call
from tests.governance.house import House
from tests.release.conduct import export_granted, opened


def test_original_and_evidence_stream_under_an_export_grant(house: House, call: Call) -> None:
    records = house.records(2)
    page = opened(house, "ines", export_granted(house, records).grant, records[0], "export")
    original = call("ines", "GET", f"/readings/{page.token}/original")
    assert b"".join(original).endswith(b"Hello 0\r\n")
    assert original["Cache-Control"] == "no-store"
    assert original["Content-Disposition"].startswith("attachment")
    evidence = call("ines", "GET", f"/readings/{page.token}/evidence")
    with zipfile.ZipFile(io.BytesIO(b"".join(evidence))) as archive:
        assert f"{records[0]}/bagit.txt" in archive.namelist()
    assert call("ines", "GET", f"/readings/{page.token}/attachments/7").status_code == 422


def test_html_comes_in_a_sandbox(house: House, call: Call) -> None:
    [record] = house.records(1)
    page = opened(house, "hana", house.granted([record]).grant, record)
    response = call("hana", "GET", f"/readings/{page.token}/html")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"

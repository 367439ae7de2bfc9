"""Files that leave."""

from muniment.release.downloads import download
from muniment.release.views import Download


def test_a_file_is_saved_under_its_name_and_never_run_or_kept() -> None:
    answer = download(Download("Ärger & Co.html", "application/octet-stream", iter((b"a", b"b"))))
    assert b"".join(answer.streaming_content) == b"ab"  # type: ignore[arg-type]
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%84rger%20%26%20Co.html"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert answer["Content-Type"] == "application/octet-stream"

"""Files that leave: as a stream that no browser runs and no cache keeps."""

from urllib.parse import quote

from django.http import StreamingHttpResponse

from muniment.release.views import Download


def download(given: Download) -> StreamingHttpResponse:
    """The answer that a file becomes. Nothing of it touches a disk here."""
    response = StreamingHttpResponse(given.chunks, content_type=given.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response

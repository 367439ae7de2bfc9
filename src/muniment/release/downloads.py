"""What leaves by HTTP: as answers that no browser runs and no cache keeps."""

from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

from muniment.release.monitoring import Second
from muniment.release.views import Download


def download(given: Download) -> StreamingHttpResponse:
    """The answer that a file becomes. Nothing of it touches a disk here."""
    response = StreamingHttpResponse(given.chunks, content_type=given.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def live_sound(second: Second) -> HttpResponse:
    """What came of a call in progress: a WAV file, 204 where nothing did, 410 once it is over."""
    if second.over:
        answer = HttpResponse(f"It is over: {second.over}.", status=410, content_type="text/plain")
    else:
        answer = HttpResponse(second.wave, status=200 if second.wave else 204, content_type="audio/wav")
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Muniment-Silent"] = "yes" if second.silent else "no"
    return answer

"""The WSGI application."""

from collections.abc import Callable
from io import BytesIO

from muniment.web.wsgi import application


def test_it_answers_in_wsgi(db: None) -> None:
    got: list[str] = []

    def start(status: str, _headers: object, _fault: object = None, /) -> Callable[[bytes], object]:
        got.append(status)
        return lambda _data: None

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/sign-in",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(),
    }
    body = b"".join(application(environ, start))
    assert got == ["200 OK"]
    assert b"<h1" in body

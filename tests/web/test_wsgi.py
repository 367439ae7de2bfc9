"""The WSGI application."""

from io import BytesIO

from muniment.web.wsgi import application


def test_it_answers_in_wsgi(db: None) -> None:
    got = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/sign-in", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    environ["wsgi.input"] = BytesIO()  # type: ignore[assignment]
    body = b"".join(application(environ, lambda status, headers: got.append(status)))
    assert got == ["200 OK"]
    assert b"<h1" in body

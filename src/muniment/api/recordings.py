"""A recording as it comes in by HTTP: its bytes go on to the process that seals them, and are nowhere else.

Django would put a large file on a disk as it came. This handler takes its place: each piece is passed on as soon as
it is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from muniment.capture.calls.spool.door import Handing, SpoolDoor
from muniment.capture.calls.spool.upload import BeginUpload, Taken
from muniment.core.errors import NotAvailableError, WrongUseError

FORM = "multipart/form-data"
FILE, FACTS = "recording", "facts"
PIECE = 256 * 1024  # bytes; a multiple of four, as Django asks


class _Passing(FileUploadHandler):
    """Passes the one file of a form on."""

    chunk_size = PIECE

    def __init__(self, request: HttpRequest, door: SpoolDoor, organisation: str, source: str) -> None:
        super().__init__(request)
        self._door, self._organisation, self._source = door, organisation, source
        self._held: Any = None
        self.handing: Handing | None = None

    def new_file(self, *given: Any, **named: Any) -> None:
        """A file begins; WrongUseError where it is not the one that is asked for."""
        super().new_file(*given, **named)
        if self.field_name != FILE or self.handing is not None:
            raise WrongUseError(f"Send one file, in the field {FILE!r}.")
        begin = BeginUpload(self._organisation, self._source, str(self.file_name))
        self._held = self._door.handing_over(begin)
        self.handing = self._held.__enter__()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Pass a piece on; nothing of it stays here."""
        del start
        assert self.handing is not None  # noqa: S101  a piece comes after its beginning
        self.handing.send(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """The form keeps no file."""
        del file_size
        return None

    def close(self) -> None:
        """Let go; what was not finished is not kept."""
        if self._held is not None:
            self._held.__exit__(None, None, None)


@contextmanager
def _passing(request: HttpRequest, door: SpoolDoor, organisation: str, source: str) -> Iterator[_Passing]:
    handler = _Passing(request, door, organisation, source)
    try:
        yield handler
    finally:
        handler.close()


def hand_over(request: HttpRequest, door: SpoolDoor, organisation: str, source: str) -> Taken:
    """Take the recording of a form; on return it is on stable storage.

    WrongUseError where the form is not as described, NotAvailableError where it broke off or nobody takes it.
    """
    if request.content_type != FORM:
        raise WrongUseError(
            f"Send a form of the type {FORM}.", remedy="With curl: -F recording=@call.wav -F facts=…"
        )
    with _passing(request, door, organisation, source) as handler:
        request.upload_handlers = [handler]
        try:
            facts = request.POST.get(FACTS, "")
        except UnreadablePostError as error:
            raise NotAvailableError("The recording broke off.", remedy="Send it again.") from error
        except MultiPartParserError as error:
            raise WrongUseError("The form cannot be read.") from error
        if handler.handing is None:
            raise WrongUseError(f"There is no file in the field {FILE!r}.")
        return handler.handing.finish(facts.encode())

"""The form that publishes a notice."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from muniment.web.forms.announcements import AnnouncementForm

GIVEN = {
    "name": " welcome ",
    "language": "cy",
    "text": "Recordiwyd.",
    "lines": "201\r\n202",
    "since": "27/3/2026",
}


def test_it_becomes_a_draft() -> None:
    form = AnnouncementForm(GIVEN, MultiValueDict({"file": [SimpleUploadedFile("a.wav", b"RIFF")]}))
    assert form.is_valid(), form.errors
    draft = form.draft()
    assert (draft.name, draft.language, draft.lines, draft.queues) == ("welcome", "cy", ("201", "202"), ())
    assert draft.since == date(2026, 3, 27)


def test_what_is_missing_is_named() -> None:
    form = AnnouncementForm({"language": "cy"}, None)
    assert set(form.errors) == {"name", "text", "file"}

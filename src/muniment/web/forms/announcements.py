"""The form that publishes a version of a recording notice."""

from typing import Any

from django import forms

from muniment.governance import announcements
from muniment.governance.announcements import Draft

LANGUAGES = (
    ("en-GB", "English (British)"),
    ("cy", "Welsh"),
    ("ga", "Irish"),
    ("gd", "Scottish Gaelic"),
    ("de", "German"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("it", "Italian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
)


class AnnouncementForm(forms.Form):
    """What it is called, in which language, what it says, how it sounds, where and from when it is played."""

    name = forms.CharField(
        label="Name",
        help_text="Small letters, digits and hyphens, such as welcome. The same name makes the next version.",
        max_length=64,
        error_messages={"required": "Enter a name, such as welcome"},
    )
    language = forms.ChoiceField(label="Language", choices=LANGUAGES, initial="en-GB")
    text = forms.CharField(
        label="What it says, word for word",
        help_text="For those who cannot hear it, and for those who ask years later.",
        max_length=announcements.LONGEST_TEXT,
        error_messages={"required": "Enter what the announcement says"},
    )
    file = forms.FileField(
        label="How it sounds",
        help_text="The WAV file exactly as your switch plays it: 16 bit, at most a minute and 8 MB.",
        error_messages={
            "required": "Choose the WAV file; it may have at most 8 MB",
            "empty": "The file is empty",
        },
    )
    lines = forms.CharField(
        label="Lines",
        help_text="Called numbers or extensions on which it is played, one to a line. Leave empty for every line.",
        required=False,
    )
    queues = forms.CharField(
        label="Queues", help_text="One to a line. Leave empty for every queue.", required=False
    )
    sources = forms.CharField(
        label="Sources",
        help_text="Switches by their name in the settings. Leave empty for all.",
        required=False,
    )
    since = forms.DateField(
        label="Played from",
        help_text="For example 27/3/2026. Leave empty for today.",
        required=False,
        error_messages={"invalid": "Write the day like 27/3/2026"},
    )

    def draft(self) -> Draft:
        """What is to be published, of a form that is valid."""
        given: dict[str, Any] = self.cleaned_data
        return Draft(
            name=given["name"].strip(),
            language=given["language"],
            text=given["text"],
            sources=announcements.places(given["sources"]),
            queues=announcements.places(given["queues"]),
            lines=announcements.places(given["lines"]),
            since=given["since"],
        )

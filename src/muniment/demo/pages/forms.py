"""The form of a visitor's mail."""

from collections.abc import Iterable
from typing import Any

from django import forms

from muniment.demo.card import PersonaCard


class MailForm(forms.Form):
    """From whom, to whom, about what."""

    to = forms.ChoiceField(label="To")
    sender = forms.EmailField(
        label="From",
        initial="you@example.org",
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an address like you@example.org",
        },
    )
    subject = forms.CharField(
        label="Subject",
        max_length=200,
        initial="A question about my order",
        error_messages={"required": "Enter a subject"},
    )
    text = forms.CharField(
        label="Message",
        max_length=10_000,
        initial="Hello,\n\nplease tell me when it comes. The word of the day is heron.",
        error_messages={"required": "Write a message"},
    )

    def __init__(self, *args: Any, people: Iterable[PersonaCard], **kwargs: Any) -> None:
        """`people` are those who can be written to, the first chosen."""
        super().__init__(*args, **kwargs)
        choices = [(one.email, f"{one.name}, {one.title}") for one in people]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["to"].initial = choices[0][0]

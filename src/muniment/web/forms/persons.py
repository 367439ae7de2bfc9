"""Forms about people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from muniment.people.models import Account


class InvitationForm(forms.Form):
    """Name and address of somebody who is to come in."""

    name = forms.CharField(
        label="Full name", max_length=200, error_messages={"required": "Enter their full name"}
    )
    email = forms.EmailField(
        label="E-mail address at work",
        help_text="Records with this address count as theirs.",
        max_length=254,
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter an e-mail address like name@example.org",
        },
    )


class NewPasswordForm(forms.Form):
    """A new password, by the rules of the house."""

    password = forms.CharField(
        label="Choose a new password",
        help_text="At least 12 characters. Three words that do not belong together make a good one.",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """`email` is the account's, which the password must not repeat."""
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_password(self) -> str:
        """Long enough, not common, not the address."""
        password = str(self.cleaned_data["password"])
        validate_password(password, Account(email=self._email))
        return password

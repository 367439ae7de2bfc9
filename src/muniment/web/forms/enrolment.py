"""The form of a first enrolment."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from muniment.people.models import Account


class EnrolmentForm(forms.Form):
    """Name, e-mail address and password of somebody who follows an enrolment link."""

    name = forms.CharField(
        label="Your full name",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Enter your full name"},
    )
    email = forms.EmailField(
        label="Your e-mail address at work",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail address",
            "invalid": "Enter an e-mail address like name@example.org",
        },
    )
    password = forms.CharField(
        label="Choose a password",
        help_text="At least 12 characters. Three words that do not belong together make a good one.",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )

    def clean_email(self) -> str:
        """One e-mail address, one account."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if Account.objects.filter(email=email).exists():
            raise forms.ValidationError("This e-mail address already has an account")
        return email

    def clean(self) -> dict[str, Any]:
        """Check the password against the rules, knowing the name and address that it must not repeat."""
        given = super().clean() or {}
        if password := given.get("password"):
            try:
                validate_password(password, Account(email=given.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given

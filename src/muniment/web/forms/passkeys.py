"""allauth's form for a new passkey, which here is always one that can sign in by itself."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import QueryDict


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey with user verification, stored on the device: what signing in without a password takes."""

    name = forms.CharField(
        label="A name for this passkey",
        help_text="So that you can tell it from others, such as: phone, or blue security key.",
        required=False,
        max_length=60,
    )

    def __init__(self, *args: Any, data: QueryDict | None = None, **kwargs: Any) -> None:
        given = data.copy() if data else None
        if given is not None:
            given["passwordless"] = "on"
        super().__init__(*args, data=given, **kwargs)

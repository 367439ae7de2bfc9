"""allauth's form for a new passkey, which here is always one that can sign in by itself."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey with user verification, stored on the device: what signing in without a password takes."""

    name = forms.CharField(
        label="A name for this passkey",
        help_text="So that you can tell it from others, such as: phone, or blue security key.",
        required=False,
        max_length=60,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.data = self.data.copy() if self.data else self.data
        if self.is_bound:
            self.data["passwordless"] = "on"

"""Forms for tokens and signing keys."""

from typing import Final

from django import forms

from muniment.core.errors import WrongUseError
from muniment.web.signing import decode

ED25519_BYTES: Final = 32
HEX_LETTERS: Final = 2 * ED25519_BYTES
TOKEN_DAYS: Final = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (366, "One year"))


class TokenForm(forms.Form):
    """A new personal token: what it is for, and how long it lasts."""

    name = forms.CharField(
        label="What is it for?",
        help_text="For example: monthly report from my laptop.",
        max_length=100,
        error_messages={"required": "Say what the token is for"},
    )
    days = forms.TypedChoiceField(
        label="How long should it work?",
        choices=TOKEN_DAYS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how long the token should work"},
    )


class KeyFileForm(forms.Form):
    """The public half of an Ed25519 key that `muniment key new` made."""

    public = forms.CharField(
        label="Public key",
        help_text="What muniment key show prints: 64 hexadecimal digits, or 43 letters of base64. Never the key file itself.",
        error_messages={"required": "Enter the public key"},
    )

    def clean_public(self) -> bytes:
        """The 32 bytes, written in hex or base64."""
        text = str(self.cleaned_data["public"]).strip()
        try:
            raw = bytes.fromhex(text) if len(text) == HEX_LETTERS else decode(text)
        except (ValueError, WrongUseError) as error:
            raise forms.ValidationError(
                "The public key is 64 hexadecimal digits or 43 letters of base64"
            ) from error
        if len(raw) != ED25519_BYTES:
            raise forms.ValidationError(f"The public key is {ED25519_BYTES} bytes, not {len(raw)}")
        return raw

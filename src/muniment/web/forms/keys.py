"""Forms for tokens and signing keys."""

from typing import Any, Final

from django import forms

from muniment.core.errors import WrongUseError
from muniment.people.services import TokenUse
from muniment.vault.authority import keyfile
from muniment.vault.authority.keyfile import PublicKeyFile

PRIVATE: Final = "muniment/private-key/"
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
    use = forms.TypedChoiceField(
        label="What may it do?",
        choices=TokenUse.choices,
        coerce=TokenUse,
        empty_value=TokenUse.PROGRAM,
        widget=forms.RadioSelect,
        required=False,
        help_text="A token for a telephone desktop silences live calls while card data is said, and does nothing else.",
    )

    def __init__(self, *given: Any, runs_the_system: bool = False, **named: Any) -> None:
        """Tokens for sources of recordings are offered to who runs the system alone."""
        super().__init__(*given, **named)
        if not runs_the_system:
            use = self.fields["use"]
            assert isinstance(use, forms.ChoiceField)  # noqa: S101  it stands above
            use.choices = [pair for pair in TokenUse.choices if pair[0] != TokenUse.SOURCE]


class KeyFileForm(forms.Form):
    """The public half of an Ed25519 key that `muniment key new` made."""

    public = forms.CharField(
        label="Public key",
        help_text="All of the text in the file that ends in .pub. Never the key file itself.",
        error_messages={"required": "Paste the text of the file that ends in .pub"},
    )

    def clean_public(self) -> PublicKeyFile:
        """The key with its id, by which its signatures name it."""
        text = str(self.cleaned_data["public"])
        if PRIVATE in text:
            raise forms.ValidationError(
                "This is the private key, which nobody but you may have. It has now left your machine: make "
                "another, and paste the text of its file that ends in .pub"
            )
        try:
            return keyfile.parse_public(text)
        except WrongUseError as error:
            raise forms.ValidationError(
                "Paste all of the text in the file that ends in .pub, from its first { to its last }"
            ) from error

"""Setting up an app for codes: the code that proves it works is used up by that."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP


class CodeAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's form marks a code as used only at sign-in: one seen at enrolment would work once more."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used before; in the cache that all processes share."""
        code: str = super().clean_code()
        mine = TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP))
        if not mine._mark_code_used(code):  # noqa: SLF001  allauth's own mark, so that sign-in finds it
            raise get_adapter().validation_error("incorrect_code")
        return code

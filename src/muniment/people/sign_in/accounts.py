"""allauth's account adapter: nobody signs up, and every sign-in is in the ledger."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from muniment.people.models import Account
from muniment.people.sign_in import entries


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by an organisation; success and failure of signing in are ledger entries."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature
        """Never: a person gets an account from their organisation (REQ 005, 006)."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Write the sign-in to the ledger first, then sign in: no entry, no session."""
        if isinstance(user, Account):
            entries.signed_in(request, user)
        super().login(request, user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401  allauth's signature
        """Write a failed attempt on an account that exists; others belong to no organisation."""
        email = str(credentials.get("email") or "").strip().lower()
        account = Account.objects.select_related("person").filter(email=email).first()
        if account is not None:
            entries.failed(request, account)
        super().authentication_failed(request, **credentials)

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401  allauth's signature
        """Send nothing: this installation has no way to send mail yet, and must not pretend to."""

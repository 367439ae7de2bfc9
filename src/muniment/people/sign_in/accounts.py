"""allauth's account adapter: nobody signs up, and every sign-in is in the ledger."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from muniment.people.models import Account
from muniment.people.sign_in import entries

SAID_BY_THE_PAGE = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


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

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write a failed attempt on an account that exists; others belong to no organisation."""
        email = str(credentials.get("email") or "").strip().lower()
        account = Account.objects.select_related("person").filter(email=email).first()
        if account is not None:
            entries.failed(request, account)
        super().authentication_failed(request, **credentials)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Show what changed; not that one has just signed in or out, which one can see."""
        if message_template not in SAID_BY_THE_PAGE:
            super().add_message(request, level, message_template, *args, **kwargs)

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Send nothing: this installation has no way to send mail yet, and must not pretend to."""

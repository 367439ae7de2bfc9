"""Headers of every answer, and a policy for content without any `unsafe-`."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.people.roles import Role
from muniment.web.headers import PERMISSIONS


@pytest.mark.parametrize("address", ["/", "/sign-in", "/health", "/nowhere", "/demo/none"])
def test_every_answer_carries_the_headers(nobody: Client, address: str) -> None:
    answer = nobody.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Permissions-Policy"] == PERMISSIONS
    assert answer["Cache-Control"] == "no-store"


def test_each_page_has_its_own_nonce_and_every_script_carries_it(
    signed_in: Callable[..., Client],
) -> None:
    seen = set()
    for _ in range(2):
        answer = signed_in(Role.EMPLOYEE).get("/")
        nonce = answer["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        page = answer.content.decode()
        assert len(nonce) >= 16
        assert page.count("<script") == page.count(f'nonce="{nonce}"') > 0
        seen.add(nonce)
    assert len(seen) == 2


def test_no_page_has_inline_handlers_or_styles(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.DIRECTOR)
    for address in ("/", "/profile", "/profile/signing-keys", "/profile/code-app", "/policies"):
        page = browser.get(address).content.decode()
        assert " onclick=" not in page
        assert " style=" not in page


def test_session_and_form_cookies_are_out_of_reach_of_scripts(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.EMPLOYEE)
    browser.get("/sign-out")
    assert browser.cookies["muniment_session"]["httponly"]
    assert browser.cookies["muniment_form"]["httponly"]
    assert browser.cookies["muniment_form"]["samesite"] == "Strict"

"""How people come in: the first authorities by their printed links, everybody else by invitation."""

import re

from tests.browser import code
from tests.journeys.visitor import PASSWORD, Visitor


def come_in(
    links: dict[str, str], policy: str, controller: Visitor, director: Visitor, third: Visitor, role: str
) -> None:
    """Both authorities, and a third person with a role, each with a passkey that signs; all accept the policy."""
    enrol(controller, links["Data Controller"])
    enrol(director, links["Director"])
    publish_policy(controller, policy)
    accept(director)
    join(third, invite(controller, third))
    give_role(controller, third, role)
    third.go("/profile/passkeys/add")
    make_passkey(third)
    ask_for_key(third)
    for authority in (controller, director):
        approve_keys(authority, third.name)


def enrol(authority: Visitor, link: str) -> None:
    """Account, passkey, authenticator app, and the signing key, by the link that `init` printed."""
    authority.go(link)
    authority.look("enrol")
    _make_account(authority)
    authority.look("enrol-steps")
    authority.follow("Passkey")
    make_passkey(authority)
    set_up_codes(authority)
    authority.go(link)
    assert authority.words().count("Done") == 3
    authority.press(re.compile("^Register"))
    authority.look("enrol-registered")
    authority.follow("Continue")
    assert "What waits for me" in authority.words()


def publish_policy(by: Visitor, text: str) -> None:
    """Publish what everybody must accept, and accept it oneself."""
    by.follow("Policies")
    by.look("policies-none")
    by.follow("Publish a policy")
    by.fill("Title", "How we use e-mail")
    by.fill("Version", "2026-1")
    by.fill("In force from", "1/1/2026")
    by.fill("Text", text)
    by.look("policy-publish")
    by.press("Publish")
    accept(by)


def accept(person: Visitor) -> None:
    """Accept the policy that stands before every other page."""
    person.go("/policies")
    person.look("policy-to-accept")
    person.tick("I have read this policy and accept it")
    person.press("Accept and continue")
    person.look("policies")


def invite(by: Visitor, newcomer: Visitor) -> str:
    """Add a person; the link that is shown once."""
    by.follow("People")
    by.look("people")
    by.follow("Add a person")
    by.look("people-add")
    by.fill("Full name", newcomer.name)
    by.fill("E-mail address at work", newcomer.email)
    by.press("Add this person")
    by.look("people-link")
    return by.page.get_by_label("The link").inner_text()


def join(newcomer: Visitor, link: str) -> None:
    """Make the account, and accept what the organisation wants accepted first."""
    newcomer.go(link)
    _make_account(newcomer)
    accept(newcomer)
    newcomer.go("/")
    assert "Nothing waits for you" in newcomer.words()
    newcomer.look("start-newcomer")


def give_role(by: Visitor, to: Visitor, role: str) -> None:
    """Give a role on the person's page."""
    by.follow("People")
    by.follow(to.name)
    by.press(f"Give the role {role}")
    by.look("person")


def join_with_key(person: Visitor, link: str) -> None:
    """Make the account of somebody who signs with a key in a file; an app is their second factor."""
    person.go(link)
    _make_account(person)


def ask_for_key_file(person: Visitor, public: str) -> None:
    """Ask for the key in a file to sign."""
    person.go("/profile/signing-keys")
    person.follow("Ask for a key in a file to sign")
    person.fill("Public key", public)
    person.press("Ask two authorities")
    assert "0 of 2 signatures" in person.words()


def make_passkey(person: Visitor) -> None:
    """Add a passkey, wherever the page for it was come from."""
    person.look("passkey")
    person.press("Make the passkey")
    person.page.wait_for_url("**/recovery-codes")
    person.look("recovery-codes")


def set_up_codes(person: Visitor) -> None:
    """Add an authenticator app."""
    person.go("/profile/code-app")
    person.look("code-app")
    secret = person.page.locator(".muniment-code").text_content() or ""
    person.fill("The six digits that the app shows now", code(secret))
    person.press("Turn on")


def ask_for_key(person: Visitor) -> None:
    """Ask for the passkey to sign."""
    person.go("/profile/signing-keys")
    person.press(re.compile("^Ask for “"))
    person.look("signing-keys")
    assert "0 of 2 signatures" in person.words()


def approve_keys(authority: Visitor, *names: str) -> None:
    """Sign for these people's keys, one after the other, from the start page."""
    for name in names:
        authority.go("/")
        authority.look("start-authority")
        authority.follow(re.compile(name))
        authority.look("register-change")
        authority.sign()
        authority.look("register-signed")


def _make_account(person: Visitor) -> None:
    person.fill("Your full name", person.name)
    person.fill("Your e-mail address at work", person.email)
    person.fill("Choose a password", PASSWORD)
    person.press("Continue")

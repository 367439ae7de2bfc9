"""What `muniment init` and `muniment organisation add` print, once, and the authorities that they are given."""

from pathlib import Path

import msgspec

from muniment.cli.share_pages import pages
from muniment.core.errors import WrongUseError
from muniment.processes.founding import Founded
from muniment.vault import setup
from muniment.vault.authority import keyfile
from muniment.vault.setup import Authority, RecoveryShare


def authority_of(text: str) -> Authority:
    """A first authority from NAME=PUBLIC_KEY_FILE; WrongUseError for another form."""
    name, equals, path = text.partition("=")
    if not name or not equals or not path:
        raise WrongUseError(f"{text!r} does not say NAME=PUBLIC_KEY_FILE.")
    public = keyfile.read_public(Path(path))
    return setup.authority_with_key(name, public.key, public.public)


def told(made: Founded, address: str, home: Path, *, as_json: bool, share_pages: bool) -> str:
    """All that must be kept by people: as one JSON document, or to be read, or with the shares as pages."""
    founding = made.founding
    links = {each.name: _link(address, founding.organisation, each.token) for each in founding.enrolments}
    accounts = {name: _link(address, founding.organisation, token) for name, token in made.accounts.items()}
    if as_json:
        return msgspec.json.encode(
            {
                "organisation": founding.organisation,
                "authorities": {each.name: each.person for each in founding.authorities},
                "enrolment_links": links,
                "account_links": accounts,
                "recovery_shares": {each.custodian: each.text for each in founding.shares},
                "organisation_recovery_shares": {each.custodian: each.text for each in founding.own_shares},
            }
        ).decode()
    lines = [f"{founding.name} is founded: {founding.organisation}, in {home}."]
    if links:
        lines += [
            "",
            "Enrolment links, one for each first authority. Each works once, and is shown only now:",
        ]
        lines += [f"  {name}: {link}" for name, link in links.items()]
    if accounts:
        lines += ["", "Links by which authorities who brought a key make their account, each good once:"]
        lines += [f"  {name}: {link}" for name, link in accounts.items()]
    lines += _shares(founding.shares, "a lost passphrase", f"the installation {home}", share_pages)
    lines += _shares(
        founding.own_shares, "the organisation's own key", f"records of {founding.name}", share_pages
    )
    lines += ["", f"Next: muniment serve --home {home}"]
    return "\n".join(lines)


def _shares(given: tuple[RecoveryShare, ...], what: str, of: str, as_pages: bool) -> list[str]:
    if not given:
        return []
    lines = [
        "",
        f"Recovery shares, one for each custodian. A majority of them brings back {what}.",
        "They are shown only now, and kept nowhere here:",
    ]
    if as_pages:
        return [*lines, "\f" + pages(given, of)]
    return [*lines, *(f"  {each.custodian}: {each.text}" for each in given)]


def _link(address: str, organisation: str, token: str) -> str:
    return f"{address.rstrip('/')}/enrol/{organisation}/{token}"

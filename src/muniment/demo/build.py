"""Makes a demo in an empty home: keys, vaults, people, policies, mails and calls, a little past."""

import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from muniment.core import clock
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.demo import card as cards
from muniment.demo import founding, tour
from muniment.demo.calls import setting
from muniment.demo.card import DemoCard, Ports
from muniment.demo.corpus.generate import corpus
from muniment.demo.founding import Founded
from muniment.processes.serve import require_stopped
from muniment.vault.client import connect
from muniment.vault.keyring import UnlockedKeyring

PASSPHRASE = "passphrase"  # noqa: S105  the name of the file
"""A demo keeps its passphrase in its own home, so that it starts again by itself. No other home does."""
DESKTOP = "accounts"
"""Whose telephone desktop silences calls."""

type Say = Callable[[str], None]


def passphrase(home: Home) -> bytes:
    """What unlocks a demo's keyring."""
    return (home.path / PASSPHRASE).read_bytes()


def ensure(home: Home, ports: Ports, say: Say) -> DemoCard:
    """The demo in this home, made first if the home is empty; its links lead to `ports`.

    WrongUseError if something else is in the home; NotAvailableError while a server runs on it.
    """
    require_stopped(home)  # what follows writes under a server's feet
    if not home.demo.exists():
        _clear_unfinished(home)
        build(home, say)
    card = cards.moved(cards.read(home), ports)
    card = msgspec.structs.replace(card, tour=tour.steps(card))
    cards.write(home, card)
    _write_settings(home, card, ports)
    return card


def build(home: Home, say: Say) -> None:
    """Make everything; `say` is told of each step. The home must be empty."""
    begun = time.monotonic()
    secret = secrets.token_urlsafe(24).encode()
    keyring, founded = founding.found(home, secret)
    cards.keep(home.path / PASSPHRASE, secret)
    say(f"{' and '.join(each.card.name for each in founded)} are founded")
    examples, desktop = _fill(home, keyring, secret, founded, say)
    cards.write(
        home,
        DemoCard(
            origin="",
            organisations=tuple(each.card for each in founded),
            personas=tuple(persona for each in founded for persona in each.personas),
            examples=examples,
            desktop=desktop,
        ),
    )
    say(f"The demo is made, in {time.monotonic() - begun:.0f} seconds")


def _fill(
    home: Home, keyring: UnlockedKeyring, secret: bytes, founded: tuple[Founded, ...], say: Say
) -> tuple[dict[str, str], str]:
    from muniment.search.private import private_librarian  # noqa: PLC0415  slow to load, as are those below
    from muniment.web import installation  # noqa: PLC0415

    installation.start(home, keyring.worker_keys())
    installation.prepare_tables(home)
    from muniment.demo import mailing, past, peopling  # noqa: PLC0415  models need Django
    from muniment.demo.calls import importing, publishing  # noqa: PLC0415  the same
    from muniment.governance import announcements  # noqa: PLC0415  the same
    from muniment.search.client import Librarian  # noqa: PLC0415

    with connect(home, secret) as doors, private_librarian(home, keyring.librarian_keys()):
        for each in founded:
            peopling.people_of(doors.desk, each)
            peopling.policies_of(doors.desk, each)
            say(f"{each.card.name}: {len(each.personas)} people, their roles and policies")
        today, firm = clock.now().date(), founded[0]
        mails = corpus(today)
        mailing.import_all(home, keyring, doors, founded, mails, say)
        publishing.publish_notices(doors, firm, today)
        unrecorded = importing.import_past(home, keyring, doors, firm, mails, today, say)
        mailing.follow_all(home, doors, founded, announcements.known(firm.card.organisation))
        say("Every mail and call is in the catalogue and can be searched")
        importing.report_past(doors, firm, today)
        with Librarian(home) as librarian:
            examples = past.play(past.House(firm, doors.desk, librarian)) | unrecorded
        publishing.tell_staff(doors, firm)
        mailing.follow_all(home, doors, founded)
    return examples, peopling.desktop_of(firm, DESKTOP)


def _clear_unfinished(home: Home) -> None:
    """Remove what a build left that was cut short: it has the demo's passphrase, and no card yet."""
    if not home.path.exists() or not any(home.path.iterdir()):
        return
    if not (home.path / PASSPHRASE).is_file():
        raise WrongUseError(
            f"{home.path} holds something that is no demo.",
            remedy="Choose another directory with MUNIMENT_HOME.",
        )
    for entry in home.path.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            with suppress(FileNotFoundError):
                entry.unlink()


def _write_settings(home: Home, card: DemoCard, ports: Ports) -> None:
    lines = [
        "# Written by the demo at each start.",
        "[web]",
        f"port = {ports.pages}",
        "",
    ]
    for each in card.organisations:
        lines += [
            "[[smtp]]",
            f'organisation = "{each.organisation}"',
            f'listen = "{each.smtp}"',
            'source = "journal of the mail server"',
            'host = "localhost"',
            "",
        ]
    lines += setting.settings(card.organisations[0].organisation, ports.sip)
    try:
        home.settings.write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise NotAvailableError(f"{home.settings} cannot be written.", why=f"{error.strerror}.") from error

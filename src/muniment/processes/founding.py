"""Founding an installation in every room: keys and vault, settings, catalogue, people, policy in force.

All or nothing: what has to be shown once is returned only when everything is made, and where anything
fails the home is as empty as it was.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from muniment.core import ids
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.settings import SmtpListener
from muniment.governance import matrix
from muniment.people.powers import powers_of
from muniment.people.roles import Role
from muniment.processes.serve import require_stopped
from muniment.vault import setup
from muniment.vault.client import connect
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.setup import CUSTODIANS, FIRST_POWERS, Authority, Founding
from muniment.vault.wrapping.wrapper import KeyWrapper

DEFAULT_ADDRESS = "http://localhost:8420"
DEFAULT_PACK = "call_recording"
FIRST_ROLES = (Role.DATA_CONTROLLER, Role.DIRECTOR)
"""What the first two authorities are from the beginning: without these nobody could name anybody else."""
_STANDARD_PORTS = {"http": 80, "https": 443}
_WEB_PORT = 8420  # what a proxy with a certificate in front passes on to


@dataclass(frozen=True)
class Plan:
    """What an installation is to be."""

    name: str
    """The name of its first organisation."""
    authorities: Sequence[Authority] = ()
    """First authorities whose keys exist; fewer than two are filled up with enrolment links.

    The first is the Data Controller, the second a director; further ones begin without a role.
    """
    custodians: Sequence[str] = field(default=CUSTODIANS)
    address: str = DEFAULT_ADDRESS
    """Where people will open the pages."""
    pack: str = DEFAULT_PACK
    """The policy pack whose approval matrix is put in force."""
    mail: str = ""
    """Address and port at which mail is taken; nowhere yet where it is empty."""
    source: KeyWrapper | None = None
    """What wraps the master key; a passphrase where it is None."""
    own: KeyWrapper | None = None
    """What wraps the organisation's key besides the master key, if anything does."""


@dataclass(frozen=True)
class Founded:
    """What was made, and what must be shown once: it is kept nowhere."""

    founding: Founding
    accounts: Mapping[str, str]
    """For each authority who brought a key: the token of a link by which they make their account."""


def found(home: Home, passphrase: bytes, plan: Plan) -> Founded:
    """Make the installation.

    WrongUseError for a plan that makes no sense or a home that is not empty; on any failure nothing
    of the new installation is left.
    """
    settings_text(plan, "")  # a wrong plan is refused before anything is made
    matrix.shipped(plan.pack)
    founding, keyring = setup.create_installation(
        home,
        name=plan.name,
        passphrase=passphrase,
        authorities=_authorities(plan.authorities),
        custodians=plan.custodians,
        source=plan.source,
        own=plan.own,
    )
    try:
        _write_settings(home, settings_text(plan, founding.organisation))
        return Founded(founding, _fill(home, keyring, founding, plan.pack))
    except BaseException:
        _clear(home)
        raise


def add(home: Home, passphrase: bytes, plan: Plan) -> Founded:
    """Add another organisation to an installation whose server is stopped.

    NotAvailableError while it runs. What is cut short after the vault is made leaves an organisation that
    nobody can sign in to: add it again under a new id, and tell nobody of the first.
    """
    matrix.shipped(plan.pack)
    if home.demo.exists():
        raise WrongUseError("A demo has its two organisations, and takes no other.")
    keyring = Keyring.unlock(home, passphrase)
    require_stopped(home)
    founding = setup.add_organisation(
        home,
        keyring,
        name=plan.name,
        authorities=_authorities(plan.authorities),
        custodians=plan.custodians,
        own=plan.own,
    )
    return Founded(founding, _fill(home, keyring, founding, plan.pack))


def _authorities(given: Sequence[Authority]) -> list[Authority]:
    """The first authorities, with the powers of the roles that the first two have from the beginning."""
    missing = [Authority(ids.new(ids.Prefix.PERSON), role.label) for role in FIRST_ROLES[len(given) :]]
    made = []
    for place, authority in enumerate((*given, *missing)):
        powers = FIRST_POWERS | powers_of(FIRST_ROLES[place : place + 1])
        key = authority.key and msgspec.structs.replace(authority.key, powers=powers)
        made.append(msgspec.structs.replace(authority, key=key, powers=powers))
    return made


def settings_text(plan: Plan, organisation: str) -> str:
    """What stands in the new `muniment.toml`; WrongUseError for an address that pages cannot have."""
    parts = urlsplit(plan.address)
    if parts.scheme not in _STANDARD_PORTS or not parts.hostname or parts.path not in {"", "/"}:
        raise WrongUseError(
            f"{plan.address!r} is no address for pages.",
            remedy="Write http://localhost:8420 or https://NAME.",
        )
    secure = parts.scheme == "https"
    if secure and parts.port not in {None, _STANDARD_PORTS["https"]}:
        raise WrongUseError("Pages with a certificate are at port 443.", remedy="Leave the port out.")
    port = _WEB_PORT if secure else parts.port or _STANDARD_PORTS["http"]
    listener = SmtpListener(organisation=organisation, listen=plan.mail or "127.0.0.1:8425")
    listener.address  # noqa: B018  it says what is wrong with it
    mail = [
        "[[smtp]]",
        f'organisation = "{organisation}"',
        f'listen = "{listener.listen}"',
        'networks = ["127.0.0.0/8", "::1/128"]  # who may deliver',
        'source = "journal of the mail server"',
    ]
    return "\n".join(
        [
            "# What a person may set. Each value has a default; docs/guide/it-engineer.md names them all.",
            "[web]",
            f'hosts = ["{parts.hostname}"]',
            f"port = {port}",
            f"secure = {str(secure).lower()}  # whether a proxy with a certificate stands in front",
            "",
            "# Where the mail server sends a copy of every mail. Take the # away to switch it on.",
            *(mail if plan.mail else [f"# {line}" for line in mail]),
            *(_own_key(organisation) if plan.own else ()),
            "",
        ]
    )


def _own_key(organisation: str) -> list[str]:
    return [
        "",
        "# The organisation has a key of its own. Without this it begins locked, until somebody unlocks it.",
        "# [[organisations]]",
        f'# organisation = "{organisation}"',
        '# passphrase_file = "…"',
    ]


def _write_settings(home: Home, text: str) -> None:
    try:
        home.settings.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotAvailableError(f"{home.settings} cannot be written.", why=f"{error.strerror}.") from error


def _fill(home: Home, keyring: UnlockedKeyring, founding: Founding, pack: str) -> dict[str, str]:
    from muniment.web import installation  # noqa: PLC0415  slow to load

    installation.start(home, keyring.worker_keys())
    installation.prepare_tables(home)
    installation.record_founding(founding)
    from muniment.governance import adoption  # noqa: PLC0415  its models are loaded by `start`
    from muniment.people import services  # noqa: PLC0415  the same
    from muniment.people.models import SignInLink  # noqa: PLC0415  the same

    with connect(home, b"", keyring) as doors:
        adoption.set_up(doors.desk, founding.organisation, pack)
        for authority, role in zip(founding.authorities, FIRST_ROLES, strict=False):
            services.give_role(doors.desk, authority.person, role)
    return {
        each.name: services.make_link(founding.organisation, SignInLink.Use.ENROL, person=each.person)
        for each in founding.authorities
        if each.key is not None
    }


def _clear(home: Home) -> None:
    """Leave the home as empty as it was found: nothing of it has been shown to anybody yet."""
    for entry in home.path.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)

"""Runs a demo and says how to get in."""

import signal
import subprocess
from collections.abc import Callable

from muniment.core.home import Home
from muniment.core.settings import Settings
from muniment.demo import build
from muniment.demo.calls import arriving
from muniment.demo.card import DemoCard, PersonaCard, Ports
from muniment.demo.personas import ORGANISATIONS
from muniment.people.roles import Role
from muniment.processes import readiness, serve

type Say = Callable[[str], None]

# The role that says most about somebody comes first.
_RANK = (
    Role.MANAGING_DIRECTOR,
    Role.DIRECTOR,
    Role.OFFICE_MANAGER,
    Role.DATA_CONTROLLER,
    Role.HR,
    Role.LINE_MANAGER,
    Role.INVESTIGATOR,
    Role.REVIEWER,
    Role.EMPLOYEE,
    Role.IT_ENGINEER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


def end_tidily() -> None:
    """Let SIGTERM unwind as Ctrl-C does, so that a build that is stopped leaves no helper process."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def require_ports(ports: Ports) -> None:
    """NotAvailableError if another program has one of them; asked before minutes of work."""
    readiness.require_free("127.0.0.1", ports.pages, "pages")
    for number, _ in enumerate(ORGANISATIONS):
        readiness.require_free("127.0.0.1", ports.mail + number, "incoming mail")
    readiness.require_free("127.0.0.1", ports.sip, "calls")


def run(home: Home, card: DemoCard, say: Say) -> None:
    """Serve until a stop signal; once ready, print the address and a link for each persona.

    The calls of today are then made beside it, once for a home.
    """
    beside: list[subprocess.Popen[bytes] | None] = []

    def ready(_: Settings) -> None:
        say(welcome(card))
        beside.append(arriving.begin(home, card))

    try:
        serve.serve(home, build.passphrase(home), ready)
    finally:
        for process in beside:
            arriving.end(process)


def welcome(card: DemoCard) -> str:
    """The address, then every persona with role and link."""
    lines = [f"Ready: {card.origin}", ""]
    for organisation in card.organisations:
        lines.append(f"{organisation.name} (mail: {organisation.smtp})")
        people = [each for each in card.personas if each.organisation == organisation.organisation]
        lines += [f"  {_role(each):<19}{each.name:<20}{each.link}" for each in people]
        lines.append("")
    lines.append("The steps of a ten-minute tour: muniment demo tour. Ctrl-C stops everything.")
    return "\n".join(lines)


def _role(persona: PersonaCard) -> str:
    held = set(persona.roles)
    return next(role.label for role in _RANK if role in held)

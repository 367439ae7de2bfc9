"""Which test calls the settings allow: a source, and the listener that is tried."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from muniment.capture.calls.door import RecorderDoor
from muniment.capture.calls.switch.signalling import Reach
from muniment.capture.calls.switch.trial import Step, TestCall, Trial
from muniment.core.call_settings import CallListener, CallSettings, CallSource
from muniment.core.errors import WrongUseError


@dataclass(frozen=True)
class Wish:
    """What a person asks for; empty where any will do. `address` is HOST:PORT, in place of the listener's own."""

    organisation: str = ""
    source: str = ""
    transport: str = ""
    address: str = ""
    certificate: str = ""
    key: str = ""


def sources(chosen: CallSettings, wish: Wish) -> tuple[CallSource, ...]:
    """The sources that a wish means. WrongUseError where there is none."""
    found = tuple(
        each
        for each in chosen.sources
        if wish.organisation in {"", each.organisation} and wish.source in {"", each.name}
    )
    if not found:
        known = ", ".join(f"{each.name} ({each.organisation})" for each in chosen.sources)
        raise WrongUseError(
            "There is no such source of calls." if known else "No recorder is set up here.",
            remedy=f"There are: {known}." if known else "Add [[calls.listeners]] and [[calls.sources]].",
        )
    return found


def one(chosen: CallSettings, wish: Wish) -> CallSource:
    """The one source that a wish means. WrongUseError where there are several."""
    found = sources(chosen, wish)
    if len(found) > 1:
        names = ", ".join(f"{each.name} ({each.organisation})" for each in found)
        raise WrongUseError("Several sources could be meant.", remedy=f"Give --source, one of: {names}.")
    return found[0]


def reach(chosen: CallSettings, wish: Wish) -> Reach:
    """How the recorder is reached for a wish: by its first listener where nothing is said. WrongUseError."""
    listener = next((each for each in chosen.listeners if wish.transport in {"", each.transport}), None)
    if listener is None:
        known = ", ".join(sorted({each.transport for each in chosen.listeners})) or "none"
        raise WrongUseError(
            f"No listener takes {wish.transport or 'calls'}.", remedy=f"[[calls.listeners]] has: {known}."
        )
    host, port = CallListener(listen=wish.address).address if wish.address else listener.address
    return Reach(
        listener.transport,
        _spoken_to(host),
        port,
        authority=listener.certificate,
        certificate=wish.certificate,
        key=wish.key,
    )


def make(
    source: CallSource, to: Reach, door: RecorderDoor, tell: Callable[[Step], object] = lambda _: None
) -> Trial:
    """Make a test call of a source. What goes wrong stands in its steps."""
    return TestCall(source, to, door, tell).run()


def _spoken_to(host: str) -> str:
    """A listener on every address is spoken to on this machine's own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "::1" if address.version == 6 else "127.0.0.1"  # noqa: PLR2004  IPv6
    return host

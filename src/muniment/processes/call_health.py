"""What `doctor` says of the recorder: network, ports, certificates, and sources that have fallen silent."""

import resource
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from muniment.capture.calls.control import State as Recorder
from muniment.capture.calls.door import RecorderDoor
from muniment.capture.calls.invitations import ASKING, STANDS
from muniment.capture.calls.rhythm import SourceState
from muniment.core import clock, settings
from muniment.core.call_settings import CallListener, CallSettings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.processes.findings import Finding, State
from muniment.processes.serve import serving

PROC = Path("/proc/sys/net")
PAGE = 4096  # bytes
STREAMS, PORTS = 2, 4  # of one call: two streams, each with a port for sound and one for RTCP
PACKETS = 50  # of a stream in a second
FRAME = 1280  # bytes that the kernel reckons for one packet of G.711, its own book-keeping included
STOPPED = 5  # seconds of a stopped worker that must cost no packet
FILES = 4  # descriptors of one call in each of recorder and worker, besides its file
OTHER_FILES = 512
SOON = 30  # days before a certificate's end
PATIENCE = 2.0  # seconds for one connection
EVERYWHERE = "::"  # takes sound of IPv4 as well


def examine(home: Home, organisation: str = "") -> Iterator[Finding]:
    """Findings about calls, where the settings have a recorder; sources of one organisation, if given."""
    try:
        chosen = settings.load(home).calls
    except MunimentError:
        # The settings have a finding of their own; a recorder that runs goes on with those of before.
        if serving(home) and (state := _state(home)):
            yield _recorder(state)
            yield from _settings(state)
        return
    if not chosen.listeners or not chosen.sources:
        return
    running = bool(serving(home))
    state = _state(home) if running else None
    if running:
        yield _recorder(state)
    yield _media(chosen)
    yield _room(chosen)
    yield _memory(chosen)
    yield _ports(chosen)
    yield _files(home, chosen)
    for listener in chosen.listeners:
        if running:
            yield _listener(listener)
        if listener.certificate:
            yield _certificate(listener)
    if state is not None:
        yield from _settings(state)
        yield from _sources(state, organisation)


def most_calls(chosen: CallSettings) -> int:
    """Calls of two streams that fit at once."""
    ports = chosen.media.last_port - chosen.media.first_port + 1
    return min(chosen.most_calls, ports // PORTS)


def _state(home: Home) -> Recorder | None:
    try:
        return RecorderDoor(home.socket("recorder")).state()
    except MunimentError:
        return None


def _recorder(state: Recorder | None) -> Finding:
    if state is None:
        return Finding(
            "Recorder", State.TROUBLE, "It does not answer: no call is recorded.", "See recorder.log."
        )
    says = f"{len(state.calls)} calls are under way, {state.sealed} were sealed since it began."
    if not state.ready:
        remedy = "A full disk, a locked organisation or no free port does that: see recorder.log."
        return Finding("Recorder", State.TROUBLE, f"{says} It takes no new call.", remedy)
    if state.dropped:
        remedy = "Raise net.core.rmem_max and receive_buffer, or set more workers in [calls.media]."
        return Finding("Recorder", State.ATTENTION, f"{says} {state.dropped} packets were dropped.", remedy)
    return Finding("Recorder", State.WELL, says)


def _settings(state: Recorder) -> Iterator[Finding]:
    """Whether the recorder records by the settings as they are now."""
    if state.settings_fault:
        yield Finding(
            "Settings of calls",
            State.TROUBLE,
            f"The recorder goes on with its earlier settings: {state.settings_fault}",
            "Correct muniment.toml: it is taken for the next call, without a restart.",
        )
    elif state.restart:
        yield Finding(
            "Settings of calls",
            State.ATTENTION,
            f"Changed in [calls] since the recorder began, and not yet in force: {', '.join(state.restart)}.",
            "Restart muniment serve when no call is under way.",
        )


def _media(chosen: CallSettings) -> Finding:
    """Whether sound can come to where clients are told to send it."""
    says = f"Sound is taken on {chosen.media.listen}"
    try:
        taken = ip_address(chosen.media.listen)
        heard = [ip_address(each.address[0]) for each in chosen.listeners]
        told = [ip_address(chosen.media_address)] if chosen.media_address else heard
    except ValueError as error:
        return Finding("Sound", State.TROUBLE, f"{says}. {error}.", "Write addresses in numbers.")
    if taken.is_loopback and not all(each.is_loopback for each in heard):
        says += " alone: a call of another machine is recorded without a sound."
    elif str(taken) != EVERYWHERE and any(each.version != taken.version for each in told):
        other = next(each.version for each in told if each.version != taken.version)
        says += f", and clients are told to send it to an IPv{other} address: none of it arrives."
    else:
        return Finding("Sound", State.WELL, f"{says}.")
    remedy = (
        "Set listen in [calls.media], and media_address in [calls], to an address that the switch reaches."
    )
    return Finding("Sound", State.TROUBLE, says, remedy)


def _room(chosen: CallSettings) -> Finding:
    """Whether the kernel gives each stream the room that is asked for."""
    wanted, most = chosen.media.receive_buffer, _number(PROC / "core/rmem_max")
    if not most:
        return Finding("Network", State.ATTENTION, "net.core.rmem_max cannot be read here.")
    seconds = min(wanted, most) * 2 // (FRAME * PACKETS)  # the kernel doubles what is asked for
    says = f"Each stream has room for {seconds} s of sound (net.core.rmem_max is {most}, {wanted} is wanted)."
    if most < wanted:
        remedy = f"sysctl -w net.core.rmem_max={wanted}, and keep it in /etc/sysctl.d."
        return Finding("Network", State.ATTENTION, says, remedy)
    return Finding("Network", State.WELL, says)


def _memory(chosen: CallSettings) -> Finding:
    """Whether all streams together may keep what comes while a worker stands still."""
    numbers = _numbers(PROC / "ipv4/udp_mem")
    if len(numbers) < 3:  # noqa: PLR2004  low, pressure, high
        return Finding("Network memory", State.ATTENTION, "net.ipv4.udp_mem cannot be read here.")
    calls = most_calls(chosen)
    need = calls * STREAMS * PACKETS * STOPPED * FRAME // PAGE
    says = f"{calls} calls need {need} pages for {STOPPED} s; net.ipv4.udp_mem allows {numbers[2]}."
    if numbers[2] < need:
        remedy = f"sysctl -w net.ipv4.udp_mem='{need // 2} {need * 3 // 4} {need}', or lower most_calls."
        return Finding("Network memory", State.ATTENTION, says, remedy)
    return Finding("Network memory", State.WELL, says)


def _ports(chosen: CallSettings) -> Finding:
    """How many calls the ports are enough for, and whether other programs may hold some."""
    first, last = chosen.media.first_port, chosen.media.last_port
    says = f"Ports {first} to {last}: {(last - first + 1) // PORTS} calls of two streams at once."
    others = _numbers(PROC / "ipv4/ip_local_port_range")
    shared = len(others) == 2 and others[0] <= last and first <= others[1]  # noqa: PLR2004  a pair
    if shared and not _reserved(max(first, others[0]), min(last, others[1])):
        says += f" Other programs may hold some of them (ip_local_port_range is {others[0]} to {others[1]})."
        remedy = f"sysctl -w net.ipv4.ip_local_reserved_ports={first}-{last}, and keep it in /etc/sysctl.d."
        return Finding("Media ports", State.ATTENTION, says, remedy)
    return Finding("Media ports", State.WELL, says)


def _reserved(first: int, last: int) -> bool:
    """Whether the kernel keeps all of these ports from programs that want any port."""
    try:
        text = (PROC / "ipv4/ip_local_reserved_ports").read_text(encoding="ascii").strip()
    except OSError:
        return False
    spans = (part.partition("-") for part in text.split(",") if part)
    return any(int(low) <= first and last <= int(high or low) for low, _, high in spans)


def _files(home: Home, chosen: CallSettings) -> Finding:
    """Whether a process may have as many files open as all calls take."""
    most, need = _limit(serving(home)), most_calls(chosen) * (FILES + 1) + OTHER_FILES
    says = f"{most_calls(chosen)} calls need {need} open files; a process may have {most}."
    if most < need:
        remedy = f"Set LimitNOFILE={need} for the service, or lower most_calls in [calls]."
        return Finding("Open files", State.ATTENTION, says, remedy)
    return Finding("Open files", State.WELL, says)


def _limit(process: int) -> int:
    """The hard limit of open files of a process; ours where it cannot be seen."""
    try:
        for line in Path(f"/proc/{process}/limits").read_text(encoding="ascii").splitlines():
            if line.startswith("Max open files"):
                return int(line.split()[4])
    except (OSError, ValueError, IndexError):
        pass
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _listener(listener: CallListener) -> Finding:
    host, port = listener.address
    where = f"{listener.transport} {listener.listen}"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  every address is ours too
    if listener.transport == "udp":
        reached = _bound(port)
    else:
        try:
            socket.create_connection((host, port), PATIENCE).close()
            reached = True
        except OSError:
            reached = False
    if not reached:
        return Finding(
            "Signalling",
            State.TROUBLE,
            f"Nothing listens on {where}.",
            "See recorder.log: is the port taken?",
        )
    return Finding("Signalling", State.WELL, f"Recording clients are heard on {where}.")


def _bound(port: int) -> bool:
    """Whether some program of the machine has a UDP socket on a port."""
    ending = f":{port:04X}"
    for name in ("udp", "udp6"):
        try:
            rows = Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        if any(row.split()[1].endswith(ending) for row in rows):
            return True
    return False


def _certificate(listener: CallListener) -> Finding:
    """Until when the certificate is good that recording clients are shown."""
    try:
        found = x509.load_pem_x509_certificate(Path(listener.certificate).read_bytes())
    except (OSError, ValueError):
        return Finding(
            "Certificate",
            State.TROUBLE,
            f"{listener.certificate} holds none that can be read.",
            "Give its path in [[calls.listeners]].",
        )
    left = (found.not_valid_after_utc - datetime.fromtimestamp(clock.seconds(), UTC)).days
    says = f"That of {listener.listen} is good until {found.not_valid_after_utc:%d %B %Y}"
    if left < 0:
        return Finding("Certificate", State.TROUBLE, f"{says}: it is over.", "Put a new one in its place.")
    state = State.ATTENTION if left < SOON else State.WELL
    return Finding("Certificate", state, f"{says}, {left} days from now.", "Renew it." if left < SOON else "")


def _sources(state: Recorder, organisation: str) -> Iterator[Finding]:
    """A source that is silent longer than its own rhythm is taken to be down."""
    now = clock.seconds()
    for each in state.sources:
        if organisation not in {"", each.organisation}:
            continue
        last = max(each.last_health, each.last_call)
        if each.invitation:
            yield _invited(each)
        elif each.silent:
            usual = "asks" if each.last_health >= each.last_call else "is silent for at most"
            says = f"{each.name} is down: nothing has come from it for {_span(each.silent)}; it {usual} "
            says += f"{'every ' if usual == 'asks' else ''}{_span(each.usual)}."
            remedy = "See whether the switch runs, reaches this machine, and still has it as its recorder."
            yield Finding("Source", State.TROUBLE, says, remedy)
        elif last:
            yield Finding("Source", State.WELL, f"{each.name} spoke {_span(now - last)} ago.")
        else:
            yield Finding(
                "Source",
                State.ATTENTION,
                f"{each.name} has never spoken.",
                "Point the switch at the recorder; docs/guide/recording-calls.md says how.",
            )


def _invited(each: SourceState) -> Finding:
    """A source with which we start the recording session."""
    if each.invitation == STANDS:
        return Finding("Source", State.WELL, f"Our recording session with {each.name} stands.")
    if each.invitation == ASKING:
        return Finding("Source", State.ATTENTION, f"{each.name} is asked for a recording session now.")
    says = f"No recording session with {each.name}: {each.invitation}. It was asked {each.invited} times, and is asked again."
    remedy = "See whether it runs, takes recording sessions from us, and is the one in `invite`; then recorder.log."
    return Finding("Source", State.TROUBLE, says, remedy)


def _span(seconds: int) -> str:
    if seconds < 120:  # noqa: PLR2004
        return f"{max(seconds, 0)} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"  # noqa: PLR2004


def _number(path: Path) -> int:
    return next(iter(_numbers(path)), 0)


def _numbers(path: Path) -> list[int]:
    try:
        return [int(word) for word in path.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []

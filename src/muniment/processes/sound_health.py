"""What `muniment doctor` says of codecs: which calls are recorded, and cannot be heard on this machine."""

from collections.abc import Iterator

from muniment.core import settings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.processes.findings import Finding, State
from muniment.readers.calls import libraries


def examine(home: Home) -> Iterator[Finding]:
    """One finding, where calls are recorded or taken from folders."""
    try:
        calls = settings.load(home).calls
    except MunimentError:
        return  # the settings have said so themselves
    if not (calls.sources or calls.spool):
        return
    missing = libraries.missing()
    if not missing:
        yield Finding(
            "Codecs", State.WELL, "AMR, AMR-WB and G.729 can be heard here, with what needs no library."
        )
        return
    packages = ", ".join(libraries.LIBRARIES[name.lower()].package for name in missing)
    names = ", ".join("G.729" if name == "G729" else name for name in missing)
    yield Finding(
        "Codecs",
        State.WELL,
        f"Calls in {names} are recorded bit by bit, but this machine has no decoder to hear them with.",
        f"Where your telephones use them, install {packages} and start again; nothing is lost meanwhile.",
    )

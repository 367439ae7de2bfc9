"""One child of the supervisor: `python -m muniment.processes.child NAME HOME`.

Binds itself to its parent, keeps messages of errors out of its log, and hands over to the room whose
process it is.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType

from muniment.core import lifeline
from muniment.core.errors import MunimentError, describe
from muniment.processes import logs

ENTRIES = MappingProxyType(
    {
        "keeper": "muniment.vault.keeper.main:main",
        "librarian": "muniment.search.main:main",
        "recorder": "muniment.capture.calls.main:run",
        "smtp": "muniment.capture.mail.main:run",
        "spool": "muniment.processes.spooling:main",
        "steward": "muniment.processes.steward:main",
        "tables": "muniment.processes.upgrade:main",
        "web": "muniment.web.main:main",
        "worker": "muniment.processes.worker:main",
    }
)
"""Where each process begins. Those with a parameter get what follows the name on the command line."""

_WITH_ARGUMENTS = frozenset({"keeper", "recorder", "smtp", "spool", "steward", "tables", "worker"})


def main(arguments: list[str]) -> int:
    """Run one child; its exit status."""
    lifeline.bind()
    name, *rest = arguments
    log = logs.configure(name)
    if name == "web":
        _bind_forks()
    module, _, function = ENTRIES[name].partition(":")
    entry: Callable[..., int | None] = getattr(import_module(module), function)
    sys.argv = [module, *rest]
    try:
        return (entry(rest) if name in _WITH_ARGUMENTS else entry()) or 0
    except MunimentError as error:
        log.critical("ended", **describe(error))
        return error.exit_status


def _bind_forks() -> None:
    """The web server forks its worker from its main thread; the worker too must not outlive it."""
    parents: list[int] = []
    os.register_at_fork(
        before=lambda: parents.append(os.getpid()), after_in_child=lambda: lifeline.bind(parents[-1])
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

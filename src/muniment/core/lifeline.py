"""A child never outlives its parent, and its memory is not dumped. Linux; see prctl(2).

The kernel sends a signal (SIGKILL, unless another is asked for) to a bound process at the moment its
parent ends, however it ends. The binding
survives exec, not fork: each process binds itself.
"""

import ctypes
import os
import resource
import signal

PARENT_VARIABLE = "MUNIMENT_PARENT"
"""Holds the process id of the parent that started this process."""

ORPHANED = 4
"""Exit status of a child that finds its parent gone already."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def bind(parent: int | None = None, *, ending: signal.Signals = signal.SIGKILL) -> None:
    """End this process by `ending` when `parent` ends; by default the one named in the environment.

    Without either nothing is bound, so that an entry point can also be run by hand.
    """
    if parent is None:
        named = os.environ.pop(PARENT_VARIABLE, "")
        if not named:
            return
        parent = int(named)
    _prctl(_PR_SET_PDEATHSIG, ending)
    # The parent may have ended between the fork and the call above; the kernel then sends nothing.
    if os.getppid() != parent:
        os._exit(ORPHANED)


def forbid_dumps() -> None:
    """No core file and no reading of this process's memory by others of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent ends, so that none can slip away."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, argument: int) -> None:
    if _libc.prctl(option, argument, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

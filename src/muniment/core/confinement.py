"""A process that reads what strangers wrote shuts itself in, for good: Landlock for files, seccomp for calls.

Landlock (Linux 5.13) leaves it the files of the Python that runs it, to read; from later versions on it may
neither connect nor listen, nor signal others. Seccomp then refuses, by an error and not by a signal, the
system calls that reading never makes: sockets, other programs, other processes, keys of the kernel. What the
machine cannot do is left out; `shut_in` says what held, so that nobody is told more than is true.
"""

import contextlib
import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType

LANDLOCK, SECCOMP = "Landlock", "seccomp"

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same number on every architecture
_VERSION_ASKED, _PATH_BENEATH = 1, 1  # linux/landlock.h
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS = MappingProxyType({1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15})
"""The rights over files that each version of Landlock added."""
_CONNECT_AND_BIND = 0b11  # from version 4
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # from version 6
_FIRST_WITH_NETWORK, _FIRST_WITH_SCOPES = 4, 6
_PATH_RULE = struct.Struct("=Qi")  # struct landlock_path_beneath_attr, packed

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_INSTRUCTION = struct.Struct("=HBBI")  # struct sock_filter
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # SECCOMP_RET_…; refused with EPERM
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # struct seccomp_data
_SECOND_TABLE = 0x40000000  # x32: the same calls under other numbers

# socket, connect, accept, sendto, sendmsg, bind, listen, socketpair; clone, fork, vfork, clone3, execve,
# execveat, kill, tkill, ptrace, process_vm_readv, process_vm_writev; unshare, setns, mount, umount2, bpf,
# perf_event_open, add_key, request_key, keyctl, open_by_handle_at, memfd_create, userfaultfd, pidfd_open,
# pidfd_getfd, pidfd_send_signal, io_uring_setup
_REFUSED = MappingProxyType(
    {
        "x86_64": (
            0xC000003E,
            (
                "41 42 43 44 46 49 50 53 56 57 58 435 59 322 62 200 101 310 311"
                " 272 308 165 166 321 298 248 249 250 304 319 323 434 438 424 425"
            ),
        ),
        "aarch64": (
            0xC00000B7,
            (
                "198 203 202 206 211 200 201 199 220 435 221 281 129 130 117 270 271"
                " 97 268 40 39 280 241 217 218 219 265 279 282 434 438 424 425"
            ),
        ),
    }
)

_libc = ctypes.CDLL(None, use_errno=True)


def shut_in() -> tuple[str, ...]:
    """Shut this process in, with all that it starts later; which of LANDLOCK and SECCOMP hold now.

    It must have one thread: neither holds for threads that run already.
    """
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return ()
    held = []
    with contextlib.suppress(OSError):
        _restrict_files(_own_code())
        held.append(LANDLOCK)
    with contextlib.suppress(OSError):
        _refuse_calls()
        held.append(SECCOMP)
    return tuple(held)


def possible() -> tuple[str, ...]:
    """Which of LANDLOCK and SECCOMP this machine can do; nothing is shut in."""
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    seccomp = platform.machine() in _REFUSED and actions.exists()
    return (LANDLOCK,) * (_landlock_version() > 0) + (SECCOMP,) * seccomp


def _own_code() -> frozenset[Path]:
    """Where Python, its modules and the libraries that they load lie."""
    stated = (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, "/lib", "/lib64", "/usr/lib")
    return frozenset(Path(path).resolve() for path in stated if path and Path(path).exists())


def _landlock_version() -> int:
    return int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_ASKED))


def _restrict_files(readable: Iterable[Path]) -> None:
    abi = _landlock_version()
    files = sum(rights for since, rights in _FILE_RIGHTS.items() if since <= abi)
    attributes = [files]
    if abi >= _FIRST_WITH_NETWORK:
        attributes.append(_CONNECT_AND_BIND)
    if abi >= _FIRST_WITH_SCOPES:
        attributes.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    stated = struct.pack(f"={len(attributes)}Q", *attributes)
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, stated, ctypes.c_size_t(len(stated)), 0))
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, path: Path) -> None:
    rights = _EXECUTE | _READ_FILE | (_READ_FOLDER if path.is_dir() else 0)  # a library is mapped to execute
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, _PATH_RULE.pack(rights, descriptor), 0))
    finally:
        os.close(descriptor)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _refuse_calls() -> None:
    if platform.machine() not in _REFUSED:
        raise OSError
    architecture, refused = _REFUSED[platform.machine()]
    numbers = [int(number) for number in refused.split()]
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, len(numbers) + 1, 0, _SECOND_TABLE),
        *((_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = b"".join(_INSTRUCTION.pack(*step) for step in steps)
    program = _Program(len(steps), code)
    _checked(_libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result

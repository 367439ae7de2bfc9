"""Readers in a child process, so that a hostile mail or recording can kill or hang only that.

The child is a fresh interpreter without the worker's keys: it has two pipes, no home, limits on memory and
on open files, and shuts itself in (`core.confinement`): no files but Python's own, no network, no programs.
Whichever record it dies of, or thinks about for too long, is marked unreadable; the rest of the batch goes on in a new child. A child that dies
may have been killed from outside, so a mail is blamed only when three in a row die of it.
"""

import contextlib
import os
import resource
import selectors
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from muniment.core import confinement
from muniment.core.announcement_settings import Announcement
from muniment.core.call_outline import outline
from muniment.core.prompts import Prompt, fitting
from muniment.readers.calls import Call, CallUnreadableError
from muniment.readers.calls.details import CallList, is_call_list
from muniment.readers.calls.known import is_call, known_call, read_statement
from muniment.readers.contents import Content
from muniment.readers.mail import Mail, read_mail

DEATHS_TO_BLAME = 3
LONGEST_READ = 30.0  # seconds for one mail
MOST_MEMORY = 2 << 30  # octets of address space
MOST_FILES = 16
LARGEST_ANSWER = 1 << 30  # octets
_LENGTH = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()


class Task(msgspec.Struct, frozen=True, array_like=True):
    """One record to read: its capture statement, its original bytes, and notices that may be heard in it.

    `heard`: its sound is wanted. `beginning`: the first bytes of a recording in segments, whose `original` is empty.
    """

    statement: bytes
    original: bytes
    heard: bool = False
    prompts: tuple[Prompt, ...] = ()
    beginning: bytes = b""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a record says, one of the three; or its sound as a WAV file, or why there is none."""

    mail: Mail | None = None
    call: Call | None = None
    calls: CallList | None = None
    sound: bytes = b""
    trouble: str = ""

    @property
    def content(self) -> Content:
        """What the record says."""
        return self.mail or self.call or self.calls or Mail(unreadable="The reader said nothing.")


class Readers:
    """The reading child; started when it is first needed, started again when it dies."""

    def __init__(
        self, longest: float = LONGEST_READ, prompts: Mapping[Announcement, Prompt] | None = None
    ) -> None:
        self._longest, self._prompts = longest, prompts or {}
        self._child: subprocess.Popen[bytes] | None = None

    def with_prompts(self, prompts: Mapping[Announcement, Prompt]) -> Self:
        """The same child, listening for these announcements from now on."""
        self._prompts = prompts
        return self

    def task(self, organisation: str, statement: bytes, original: bytes, beginning: bytes = b"") -> Task:
        """A record of an organisation, with the notices that were to be heard in it when it is a call."""
        said = read_statement(statement) if self._prompts and is_call(statement) else None
        if said is None or said.facts.notice.state != "unknown":
            return Task(statement, original, beginning=beginning)
        call = outline(organisation, said.source, said.facts, said.channel)
        chosen = fitting(self._prompts, call, said.facts.started)
        heard = tuple(self._prompts[each] for each in chosen)
        return Task(statement, original, prompts=heard, beginning=beginning)

    def read(self, tasks: Sequence[Task]) -> list[Content]:
        """What each record says, in order. Never raises for what a record holds."""
        mails: list[Content] = []
        deaths = 0
        while len(mails) < len(tasks):
            before = len(mails)
            try:
                self._read_some(tasks[before:], lambda answer: mails.append(answer.content))
            except TimeoutError:
                mails.append(_unread(tasks[len(mails)], "Reading it took too long and was stopped."))
            except (OSError, EOFError, msgspec.MsgspecError):
                deaths = deaths + 1 if len(mails) == before else 1
                if deaths == DEATHS_TO_BLAME:
                    mails.append(_unread(tasks[len(mails)], "The reader ended while it read this."))
                    deaths = 0
        return mails

    def hear(self, original: bytes, statement: bytes) -> bytes:
        """The sound of a recorded call as a WAV file of both sides, decoded in the child.

        CallUnreadableError says why there is none.
        """
        answers: list[Answer] = []
        try:
            self._read_some([Task(statement, original, heard=True)], answers.append)
        except TimeoutError as error:
            raise CallUnreadableError("Decoding it took too long and was stopped.") from error
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            raise CallUnreadableError("The decoder ended while it read this.") from error
        if not answers[0].sound:
            raise CallUnreadableError(answers[0].trouble or answers[0].content.unreadable)
        return answers[0].sound

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._child = None

    def _read_some(self, tasks: Sequence[Task], taken: Callable[[Answer], None]) -> None:
        """Give `taken` what these say, one by one; an error, and no child any more, where the child fails at the next."""
        child = self._child = self._child or _start()
        sender = threading.Thread(target=_send_all, args=(child, tasks), daemon=True)
        sender.start()
        try:
            for _ in tasks:
                taken(self._receive(child))  # what came before a failure stays
        except BaseException:
            self.close()
            raise
        finally:
            sender.join()

    def _receive(self, child: "subprocess.Popen[bytes]") -> Answer:
        (length,) = _LENGTH.unpack(self._exactly(child, _LENGTH.size))
        if length > LARGEST_ANSWER:
            raise EOFError
        return msgspec.msgpack.decode(self._exactly(child, length), type=Answer)

    def _exactly(self, child: "subprocess.Popen[bytes]", length: int) -> bytes:
        assert child.stdout is not None  # noqa: S101 - it was started with a pipe
        descriptor, held = child.stdout.fileno(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(held) < length:
                if not selector.select(self._longest):
                    raise TimeoutError
                piece = os.read(descriptor, min(length - len(held), 1 << 20))
                if not piece:
                    raise EOFError
                held += piece
        return bytes(held)


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "muniment.search.reading"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        env={
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PATH": os.defpath,
            "OPENBLAS_NUM_THREADS": "1",  # each of its threads reserves memory that the limit counts
        },
        bufsize=0,
    )


def _send_all(child: "subprocess.Popen[bytes]", tasks: Sequence[Task]) -> None:
    assert child.stdin is not None  # noqa: S101 - it was started with a pipe
    with contextlib.suppress(OSError, ValueError):  # a dead child is noticed by who reads
        for task in tasks:
            _write_all(child.stdin.fileno(), _encoder.encode(task))


def _write_all(descriptor: int, payload: bytes) -> None:
    view = memoryview(_LENGTH.pack(len(payload)) + payload)
    while view:
        view = view[os.write(descriptor, view) :]


def _confine() -> None:
    """Limits of the child: it needs no more than this, whatever a mail makes of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(OSError):  # where the machine allows it, a network with nothing in it
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    confinement.shut_in()


def _answer(payload: bytes) -> bytes:
    task = msgspec.msgpack.decode(payload, type=Task)
    try:
        return _encoder.encode(_read(task))
    except (ValueError, MemoryError, RecursionError) as error:  # half a surrogate pair, or too much of it
        reason = f"What was read cannot be kept: {type(error).__name__}."
        return _encoder.encode(Answer(mail=Mail(unreadable=reason)))


def _read(task: Task) -> Answer:
    if is_call_list(task.statement):
        from muniment.search.call_lists import read_call_list  # noqa: PLC0415  parsers, which the worker must not load

        return Answer(calls=read_call_list(task.original, task.statement))
    if not is_call(task.statement):
        return Answer(mail=read_mail(task.original, task.statement))
    from muniment.readers.calls.reading import read_call  # noqa: PLC0415  decoders, which the worker must not load

    if task.heard:
        return _heard(task)
    call = read_call(task.original, task.statement)
    sound = task.original or task.beginning
    if sound and (task.prompts or call.facts.staff):
        from muniment.readers.calls.notice import with_notice, with_tones  # noqa: PLC0415  the same

        call = with_tones(with_notice(call, sound, task.prompts), sound)
    return Answer(call=call)


def _heard(task: Task) -> Answer:
    from muniment.readers.calls.container import Container  # noqa: PLC0415  the same
    from muniment.readers.calls.hearing import hear  # noqa: PLC0415  the same
    from muniment.readers.calls.source import Held  # noqa: PLC0415  the same

    try:
        return Answer(sound=hear(Container(Held(task.original))).wav())
    except CallUnreadableError as error:
        return Answer(trouble=str(error))


def _unread(task: Task, reason: str) -> Content:
    """What stands in place of a record that the child did not survive: of a call, what its statement says."""
    if is_call_list(task.statement):
        return CallList(unreadable=reason)
    return known_call(task.statement, reason) if is_call(task.statement) else Mail(unreadable=reason)


def main() -> None:
    """The child: reads tasks from standard input until it ends, writes what they say."""
    import muniment.readers.calls.notice  # noqa: PLC0415  the same
    import muniment.readers.calls.reading  # noqa: PLC0415  loaded while files can still be opened freely
    import muniment.search.call_lists  # noqa: F401, PLC0415  the same

    zones = [ZoneInfo(name) for name in available_timezones()]  # the same: afterwards no zone can be read
    _confine()
    source, sink = sys.stdin.buffer, sys.stdout.fileno()
    while head := source.read(_LENGTH.size):
        _write_all(sink, _answer(source.read(_LENGTH.unpack(head)[0])))
    del zones


if __name__ == "__main__":
    main()

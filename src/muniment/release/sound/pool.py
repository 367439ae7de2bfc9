"""The children that decode, as the pages' process keeps them: one for each opening, few at a time.

The parent gives a child the bytes that it asks for, of the one recording that the task is about, and parses
none of them. A child that takes too long, asks for too much or dies is ended; the next task gets a new one.
"""

import contextlib
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from muniment.core.errors import NotAvailableError
from muniment.release.sound.messages import Answer, FromChild, Piece, Task, Unreadable, Wanted
from muniment.release.sound.wire import LENGTH, send

MOST_CHILDREN = 4
LONGEST_THOUGHT = 30.0  # seconds until the child says something
LONGEST_TASK = 240.0  # seconds for a whole task: an hour's call takes a few
LARGEST_MESSAGE = 256 * 1024 * 1024  # octets
LARGEST_WANTED = 16 * 1024 * 1024
_READS = 6  # times the recording's size that one task may ask for, and something for short ones
_MADE = 2  # times the recording's size that a file may have which is made of it
_SPARE_BYTES = 64 * 1024 * 1024
_encoder = msgspec.msgpack.Encoder()

type Read = Callable[[int, int], bytes]
type Take = Callable[[bytes], None]


def _nothing(_piece: bytes) -> None:
    raise _EndedError  # a child that makes a file which nobody asked for


class _EndedError(Exception):
    """The child is of no use any more."""


class _Child:
    """One child; one task at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "muniment.release.sound.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "PATH": os.defpath,
                "OPENBLAS_NUM_THREADS": "1",  # walls hold for one thread only
                "OMP_NUM_THREADS": "1",
            },
            bufsize=0,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def do(self, task: Task, read: Read, take: Take = _nothing) -> Answer:
        """The answer to a task; _EndedError where the child failed at it."""
        until, allowed = time.monotonic() + LONGEST_TASK, _READS * task.size + _SPARE_BYTES
        made = _MADE * task.size + _SPARE_BYTES
        self._send(_encoder.encode(task))
        while True:
            message = self._receive(until)
            if isinstance(message, Piece):
                made -= len(message.data)
                if made < 0:
                    raise _EndedError
                take(message.data)
                continue
            if not isinstance(message, Wanted):
                return message
            allowed -= message.length
            inside = message.offset >= 0 and 0 < message.length <= LARGEST_WANTED
            if not inside or message.offset + message.length > task.size or allowed < 0:
                raise _EndedError
            self._send(read(message.offset, message.length))

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _send(self, payload: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was started with a pipe
        try:
            send(self._process.stdin.fileno(), payload)
        except OSError as error:
            raise _EndedError from error

    def _receive(self, until: float) -> FromChild:
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size, until))
        if length > LARGEST_MESSAGE:
            raise _EndedError
        try:
            found: FromChild = msgspec.msgpack.decode(self._exactly(length, until), type=FromChild)
        except msgspec.MsgspecError as error:
            raise _EndedError from error
        return found

    def _exactly(self, length: int, until: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - it was started with a pipe
        descriptor, held = self._process.stdout.fileno(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(held) < length:
                left = min(LONGEST_THOUGHT, until - time.monotonic())
                if left <= 0 or not selector.select(left):
                    raise _EndedError
                piece = os.read(descriptor, min(length - len(held), 1 << 20))
                if not piece:
                    raise _EndedError
                held += piece
        return bytes(held)


class Pool:
    """The children of one process, by the opening that each serves."""

    def __init__(self, most: int = MOST_CHILDREN) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._children: OrderedDict[str, _Child] = OrderedDict()
        self._spare: _Child | None = None

    def do(
        self, opening: str, task: Task, read: Read, begin: Callable[[], Take] = lambda: _nothing
    ) -> Answer:
        """Do a task for an opening; `read` gives bytes of its recording.

        Where the task makes a file, `begin` is asked for whoever takes its pieces, anew where it is begun again.

        NotAvailableError where children fail twice for no fault of the recording's reader.
        """
        for _ in range(2):
            child = self._child(opening)
            with child.lock:
                try:
                    return child.do(task, read, begin())
                except _EndedError:
                    self._drop(opening, child)
                except BaseException:  # the keeper ended the opening: the child waits for bytes in vain
                    self._drop(opening, child)
                    raise
        return Unreadable("Decoding it took too long, or ended the decoder.")

    def warm(self) -> None:
        """Start a child that nobody needs yet, so that the next listener does not wait for it."""
        with self._lock:
            if self._spare is None or not self._spare.alive:
                self._spare = _Child()

    def forget(self, opening: str) -> None:
        """End the child of an opening."""
        with self._lock:
            child = self._children.pop(opening, None)
        if child is not None:
            child.end()

    def close(self) -> None:
        """End every child."""
        with self._lock:
            ended = [*self._children.values(), *([self._spare] if self._spare else [])]
            self._children.clear()
            self._spare = None
        for child in ended:
            child.end()

    def _child(self, opening: str) -> _Child:
        with self._lock:
            child = self._children.get(opening)
            if child is None or not child.alive:
                child = self._spare if self._spare is not None and self._spare.alive else _Child()
                self._spare = None
                self._children[opening] = child
            self._children.move_to_end(opening)
            oldest = next(iter(self._children))
            gone = None
            if len(self._children) > self._most and self._children[oldest].lock.acquire(blocking=False):
                gone = self._children.pop(oldest)
                gone.lock.release()
            if len(self._children) > 2 * self._most:
                raise NotAvailableError("Too many people listen at once.", remedy="Try again in a minute.")
        if gone is not None:
            gone.end()
        return child

    def _drop(self, opening: str, child: _Child) -> None:
        with self._lock:
            if self._children.get(opening) is child:
                del self._children[opening]
        child.end()

"""A recorder's SIP on real sockets in a thread of its own, for clients that wait."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass

from muniment.capture.calls.control import AskTest, Expected, ExpectTest, State
from muniment.capture.calls.switch.signalling import Reach, Transport
from muniment.capture.calls.trials import TrialState
from muniment.capture.calls.trying import Trying
from muniment.core.call_settings import CallListener
from tests.capture.calls.memory_recorder import MemoryRecorder
from tests.capture.calls.sip.rig import Rig, running

PATIENCE = 60.0


@dataclass
class Recording:
    """The rig, and a way to ask its sessions what they know, as the control socket does."""

    rig: Rig
    loop: asyncio.AbstractEventLoop

    @property
    def recorder(self) -> MemoryRecorder:
        return self.rig.recorder

    def reach(self, transport: Transport = "tcp", **files: str) -> Reach:
        return Reach(transport, "127.0.0.1", self.rig.ports[transport], **files)

    def ask[T](self, question: Callable[[], T]) -> T:
        """Ask in the server's own thread."""
        answer: Future[T] = Future()
        self.loop.call_soon_threadsafe(lambda: answer.set_result(question()))
        return answer.result(PATIENCE)

    def state(self) -> State:
        calls = tuple(self.recorder.open)
        return State(calls, 0, 0, ready=self.ask(self.rig.server.sessions.ready), dropped=0)

    def expect(self, request: ExpectTest) -> Expected:
        return self.ask(lambda: Trying(self.rig.server.sessions).expect(request))

    def trial(self, call: str) -> TrialState:
        return self.ask(lambda: Trying(self.rig.server.sessions).state(AskTest(call)))


@contextmanager
def recording(
    listeners: tuple[CallListener, ...] = (), recorder: MemoryRecorder | None = None, **changes: object
) -> Iterator[Recording]:
    """A recorder with these listeners (UDP and TCP by default), until the end of the block."""
    made: Future[Recording] = Future()
    over = threading.Event()

    async def serve() -> None:
        async with running(listeners, recorder, **changes) as rig:
            made.set_result(Recording(rig, asyncio.get_running_loop()))
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield made.result(PATIENCE)
    finally:
        over.set()
        thread.join(PATIENCE)

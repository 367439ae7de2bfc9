"""A test call against a running recorder: signalled and spoken as a switch would, then held against what was kept.

1. The recorder is asked whether it could keep a call, and told from where the test will come.
2. It is asked to record (INVITE), hears the recording notice where one is set up, and a sound of our own.
3. The recording is paused while the sound goes on: of that nothing may be kept.
4. After the end (BYE), packets that were sent are held against packets that were sealed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import numpy as np

from muniment.capture.calls.control import Expected, ExpectTest, State
from muniment.capture.calls.switch.calling import ClientCall
from muniment.capture.calls.switch.offering import Side
from muniment.capture.calls.switch.signalling import CallRefusedError, Reach
from muniment.capture.calls.switch.speaking import PACKET, Sound, silence
from muniment.capture.calls.trials import TrialState
from muniment.core.announcements import RATE
from muniment.core.call_settings import CallSource
from muniment.core.errors import MunimentError
from muniment.core.prompts import Prompt

SEALING = 60.0  # seconds in which a call must be sealed after its end
SETTLING = 6.0  # seconds that the recorder may take to hear a notice after it is over
TALK = 2.0  # seconds that are spoken before and after the pause
PAUSE = 1.0  # seconds for which the recording is paused
EDGE_MS = 500  # by how much the pause in the record may differ from the client's own
PACKET_MS = 20
SIDES = (
    Side("sip:test-call@muniment.invalid", "Test call"),
    Side("sip:recorder-test@muniment.invalid", "Test call"),
)
_OK = 200
_REMEDIES = {
    403: "No source admits this address: see networks and certificate_names in [[calls.sources]].",
    420: "The recorder and this command are of different versions: restart muniment serve.",
    486: "Try again in a while.",
    488: "No stream was taken: see [calls.media], and clear_keys of the source.",
    503: "The recorder cannot keep calls now: see muniment doctor (disk, keeper, keys).",
}


class Step(msgspec.Struct, frozen=True):
    """One step: how long it took, what came of it, and what to do where it failed."""

    name: str
    well: bool
    milliseconds: int
    says: str
    remedy: str = ""


class Trial(msgspec.Struct, frozen=True):
    """A whole test call."""

    organisation: str
    source: str
    transport: str
    address: str
    call: str
    well: bool
    seconds: float
    steps: tuple[Step, ...]


class Door(Protocol):
    """What is asked of the recorder besides SIP; `capture.calls.door.RecorderDoor` is one."""

    def state(self) -> State:
        """How it goes."""
        ...

    def expect(self, request: ExpectTest) -> Expected:
        """A test call will come; the notices that are listened for."""
        ...

    def trial(self, call: str) -> TrialState:
        """How far it is."""
        ...


class _FailedError(MunimentError):
    """A step failed."""


@dataclass
class TestCall:
    """One test call of one source; `tell` hears of each step at once."""

    __test__ = False  # no class of tests

    source: CallSource
    reach: Reach
    door: Door
    tell: Callable[[Step], object] = lambda _: None
    steps: list[Step] = field(default_factory=list)
    prompts: tuple[Prompt, ...] = ()
    """The notices that the recorder listens for, as it says itself."""
    _says: str = ""

    def run(self) -> Trial:
        """Make it. Never raises for what the recorder does: a step says so, and the rest is left out."""
        begun, call = time.monotonic(), ""
        try:
            with self._step("recorder"):
                self._ready()
            with self._step("connection"):
                client = ClientCall(self.reach, SIDES, announce=self._announce)
                self._says = f"{self.reach.transport.upper()} to {self.reach.host}:{self.reach.port}"
            with client:
                call = client.dialog.call
                self._call(client)
        except _FailedError:
            pass
        return Trial(
            self.source.organisation,
            self.source.name,
            self.reach.transport,
            f"{self.reach.host}:{self.reach.port}",
            call,
            all(each.well for each in self.steps),
            round(time.monotonic() - begun, 3),
            tuple(self.steps),
        )

    @property
    def _spoken(self) -> tuple[Prompt, ...]:
        """The notice that is played: it belongs into the call only where the settings say so."""
        return self.prompts[:1] if self.source.notice == "in-call" else ()

    def _call(self, client: ClientCall) -> None:
        with self._step("health"):
            if (status := client.dialog.options().status) != _OK:
                raise _FailedError(f"OPTIONS was answered {status}.", remedy=_REMEDIES.get(status, ""))
            self._says = "OPTIONS was answered 200"
        with self._step("invitation"):
            client.begin()
            self._says = f"taken: {len(client.streams)} streams"
        with self._step("speaking"):
            self._speak(client)
        with self._step("pause"):
            paused = self._pause(client)
        with self._step("hang-up"):
            client.end()
            self._says = "BYE was answered 200"
        with self._step("sealing"):
            state = self._sealed(client.dialog.call)
        with self._step("packets"):
            self._compare(client.sent, paused, state)
        with self._step("notice"):
            self._heard(state)

    # --- the steps --------------------------------------------------------------------------------

    def _ready(self) -> None:
        if not self.door.state().ready:
            raise _FailedError(
                "The recorder could not keep a call now.", remedy="See muniment doctor: disk, keeper, keys."
            )
        self._says = "ready to keep a call"

    def _announce(self, host: str, port: int) -> None:
        asked = ExpectTest(self.source.organisation, self.source.name, host, port)
        answer = self.door.expect(asked)
        self.prompts = answer.prompts
        if not answer.known:
            raise _FailedError(
                f"The running recorder knows no source {self.source.name!r}.",
                remedy="The settings were changed since it started: restart muniment serve.",
            )

    def _speak(self, client: ClientCall) -> None:
        """Say the notice, then our own sound until the call is kept."""
        call, said = client.dialog.call, silence(0.5)
        for prompt in self._spoken:
            said = np.concatenate((said, prompt.sound))
        client.say((silence(0), said))
        limit = time.monotonic() + SETTLING + self.source.notice_seconds
        while (stage := self.door.trial(call).stage) != "kept":
            if time.monotonic() > limit or stage != "provisional":
                raise _FailedError(
                    "The call was not kept, though the time for the notice is over.",
                    why=f"It is {stage}.",
                    remedy="See the recorder's log; notice_seconds of the source is the longest wait.",
                )
            client.say((_sound(0.5), _sound(0.5)))
        client.say((_sound(TALK), _sound(TALK)))
        self._says = "the notice, and a sound of our own" if self._spoken else "a sound of our own"

    def _pause(self, client: ClientCall) -> int:
        client.pause()
        before = client.sent[0]
        client.say((_sound(PAUSE), _sound(PAUSE)))
        paused = client.sent[0] - before
        client.resume()
        client.say((_sound(TALK), _sound(TALK)))
        self._says = f"{paused} packets of each stream sent while it was paused"
        return paused

    def _sealed(self, call: str) -> TrialState:
        limit = time.monotonic() + SEALING
        while (state := self.door.trial(call)).stage != "sealed":
            if time.monotonic() > limit or state.stage in {"unknown", "declined"}:
                raise _FailedError(
                    "The call was not sealed.",
                    why=f"It is {state.stage}.",
                    remedy="See the recorder's log and muniment doctor: the keeper may be away.",
                )
            time.sleep(0.1)
        self._says = f"sealed as {state.call}, marked as a test"
        return state

    def _compare(self, sent: tuple[int, ...], paused: int, state: TrialState) -> None:
        said = ", ".join(f"{came} of {each}" for came, each in zip(state.packets, sent, strict=False))
        if not any(state.packets):
            raise _FailedError(
                "Not one packet of the sound came.",
                why="The recorder takes sound on another address than it names, or a firewall is between.",
                remedy="See Sound in muniment doctor: listen in [calls.media], and media_address in [calls].",
            )
        if state.packets != sent or any(state.lost):
            raise _FailedError(
                f"Packets are missing: {said or 'none'} came; {sum(state.lost)} counted as lost.",
                remedy="See dropped packets in muniment doctor, receive_buffer in [calls.media] and net.core.rmem_max.",
            )
        if abs(state.masked_ms - paused * PACKET_MS) > EDGE_MS:
            raise _FailedError(
                f"The pause is {state.masked_ms} ms in the record, and was {paused * PACKET_MS} ms.",
                remedy="Do not take card numbers until this is understood: see the recorder's log.",
            )
        self._says = f"{said} came, none lost; {state.masked_ms} ms of them silenced by the pause"

    def _heard(self, state: TrialState) -> None:
        notice = state.notice
        if not self._spoken:
            manner = {"before": "it is given before the recording begins", "none": self.source.no_notice}
            self._says = (
                f"nothing to listen for: {manner.get(self.source.notice, 'no announcement fits the source')}"
            )
            return
        if notice.state != "played":
            raise _FailedError(
                "The notice was played, and was not heard.",
                why=f"It is {notice.state}.",
                remedy="See the recorder's log: its own announcement was not recognised.",
            )
        self._says = f"heard: {notice.announcement}, version {notice.version} (likeness {notice.score:.2f})"

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        begun, self._says = time.monotonic(), ""

        def done(says: str, remedy: str = "", *, well: bool) -> None:
            step = Step(name, well, round((time.monotonic() - begun) * 1000), says, remedy)
            self.steps.append(step)
            self.tell(step)

        try:
            yield
        except CallRefusedError as error:
            done(
                error.why,
                _REMEDIES.get(error.status, "See the table in docs/guide/recording-calls.md."),
                well=False,
            )
            raise _FailedError(error.what) from error
        except MunimentError as error:
            done(f"{error.what} {error.why}".strip(), error.remedy, well=False)
            raise _FailedError(error.what) from error
        done(self._says, well=True)


def _sound(seconds: float) -> Sound:
    """Three rising notes again and again: nobody takes it for speech, and no key has these tones."""
    at = np.arange(round(seconds * RATE) // PACKET * PACKET) / RATE
    note = np.array([330.0, 415.0, 523.0])[(at * 4).astype(int) % 3]
    return np.asarray(6000 * np.sin(2 * np.pi * note * at), np.int16)

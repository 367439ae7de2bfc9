"""A test call: what it says of each step, and of the first that fails. The whole of it stands in tests/faults."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest

from muniment.capture.calls.control import Expected, ExpectTest, State
from muniment.capture.calls.switch import trial as trials
from muniment.capture.calls.switch.signalling import Reach
from muniment.capture.calls.switch.trial import Step, TestCall, Trial
from muniment.capture.calls.trials import TrialState
from muniment.core.call_facts import NoticeEvidence
from muniment.core.prompts import Prompt
from tests.capture.calls.client import source
from tests.capture.calls.memory_recorder import MemoryRecorder
from tests.capture.calls.switch.recording import Recording, recording
from tests.core.test_prompts import speech

PROMPT = Prompt("welcome", 2, "en-GB", speech(1, 1).astype("<i2").tobytes())
FULL = (
    "recorder",
    "connection",
    "health",
    "invitation",
    "speaking",
    "pause",
    "hang-up",
    "sealing",
    "packets",
    "notice",
)


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens, so it need not be long."""
    monkeypatch.setattr(trials, "TALK", 0.1)
    monkeypatch.setattr(trials, "PAUSE", 0.1)
    monkeypatch.setattr(trials, "SETTLING", 0.5)
    monkeypatch.setattr(trials, "SEALING", 0.5)


@dataclass
class Door:
    """The recorder's own socket, with a keeper that seals at once; `changes` are made to what it says at the end."""

    recording: Recording
    changes: dict[str, object] = field(default_factory=dict)
    ready: bool = True
    known: bool = True
    prompts: tuple[Prompt, ...] = ()

    def state(self) -> State:
        return msgspec.structs.replace(self.recording.state(), ready=self.ready)

    def expect(self, request: ExpectTest) -> Expected:
        found = self.recording.expect(request) if self.known else Expected(known=False)
        return msgspec.structs.replace(found, prompts=self.prompts)

    def trial(self, call: str) -> TrialState:
        found = self.recording.trial(call)
        if found.stage != "over":
            return found
        last = list(self.recording.recorder.closed.values())[-1]
        masked = next((each.end - each.start for each in last.masks), 0)
        sealed = msgspec.structs.replace(
            found, stage="sealed", packets=(25, 25), lost=(0, 0), masked_ms=masked
        )
        return msgspec.structs.replace(sealed, **self.changes)


@pytest.fixture
def served() -> Iterator[Recording]:
    with recording() as made:
        yield made


def made(door: Door, **changes: object) -> Trial:
    told: list[Step] = []
    reach: Reach = changes.pop("reach", door.recording.reach())  # type: ignore[assignment]  # a Reach
    own = source(**{"networks": ("192.0.2.0/24",), **changes})
    found = TestCall(own, reach, door, told.append).run()
    assert tuple(told) == found.steps
    return found


def failed(found: Trial) -> Step:
    """The last step, which is the only one that failed."""
    assert not found.well
    assert [each.well for each in found.steps] == [True] * (len(found.steps) - 1) + [False]
    assert found.steps[-1].remedy
    return found.steps[-1]


def sent(door: Door) -> tuple[int, ...]:
    """What such a call sends: half a second of silence, twice a tenth, and the pause."""
    return (25 + 5 + 5 + 5,) * 2


def test_every_step_is_told_and_the_call_is_marked_though_the_source_admits_no_such_address() -> None:
    elsewhere = (source(),)
    with recording(sources=elsewhere) as served:
        door = Door(served)
        door.changes = {"packets": sent(door)}
        found = made(door)
        assert found.well, found.steps
        assert tuple(each.name for each in found.steps) == FULL
        assert served.recorder.facts.test
        assert found.call in served.recorder.facts.legs


def test_the_announcement_is_played_where_it_belongs_into_the_call(served: Recording) -> None:
    door = Door(served, prompts=(PROMPT,))
    door.changes = {
        "packets": tuple(each + 50 for each in sent(door)),
        "notice": NoticeEvidence("played", "welcome", 2, "en-GB", 0.98),
    }
    found = made(door, notice="in-call")
    assert found.well, found.steps
    assert found.steps[-1].says == "heard: welcome, version 2 (likeness 0.98)"
    door.changes["notice"] = NoticeEvidence("unknown")
    assert failed(made(door, notice="in-call")).name == "notice"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"packets": (39, 40)}, "packets"),
        ({"packets": (40, 40), "lost": (1, 0)}, "packets"),
        ({"packets": (40, 40), "masked_ms": 4000}, "packets"),
        ({"stage": "over"}, "sealing"),
        ({"stage": "declined"}, "sealing"),
    ],
)
def test_what_is_missing_is_named(served: Recording, changes: dict[str, object], name: str) -> None:
    assert failed(made(Door(served, changes))).name == name


def test_a_call_without_a_sound_leads_to_where_sound_is_taken(served: Recording) -> None:
    step = failed(made(Door(served, {"packets": (0, 0)})))
    assert (step.name, step.says.startswith("Not one packet")) == ("packets", True)
    assert "[calls.media]" in step.remedy


def test_a_recorder_that_could_not_keep_is_not_tried(served: Recording) -> None:
    assert failed(made(Door(served, ready=False))).name == "recorder"


def test_settings_that_the_running_recorder_does_not_know_are_named(served: Recording) -> None:
    step = failed(made(Door(served, known=False)))
    assert step.name == "connection"
    assert "restart" in step.remedy


def test_where_nobody_listens_it_says_so(served: Recording) -> None:
    step = failed(made(Door(served), reach=Reach("tcp", "127.0.0.1", 9)))
    assert (step.name, "listens" in step.says) == ("connection", True)


def test_a_refusal_has_its_remedy() -> None:
    with recording(recorder=MemoryRecorder(crowded=True)) as served:
        step = failed(made(Door(served)))
    assert (step.name, "503" in step.says) == ("invitation", True)
    assert "doctor" in step.remedy


def test_a_call_that_is_never_kept_fails_while_it_is_spoken() -> None:
    waiting = (source(networks=("127.0.0.0/8",), notice_seconds=60),)
    with recording(sources=waiting) as served:
        step = failed(made(Door(served)))
    assert step.name == "speaking"
    assert "provisional" in step.says

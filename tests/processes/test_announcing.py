"""What is listened for follows what is published."""

import threading
from dataclasses import dataclass, field

import pytest

from muniment.capture.calls.control import Done, State, TakeAnnouncements
from muniment.core.errors import NotAvailableError
from muniment.governance import announcements
from muniment.processes import announcing
from muniment.processes.announcing import Announcing, Library
from tests.capture.calls.test_announced import PROMPT
from tests.core.test_announcement_settings import announcement
from tests.governance.house import House
from tests.governance.test_announcements import publish


@dataclass
class Recorder:
    """Remembers what it was told until it starts again."""

    told: dict[str, str] = field(default_factory=dict)
    requests: list[TakeAnnouncements] = field(default_factory=list)

    def state(self) -> State:
        return State((), 0, 0, True, 0, dict(self.told))

    def announce(self, request: TakeAnnouncements) -> Done:
        self.told[request.organisation] = request.digest
        self.requests.append(request)
        return Done(done=True)


def test_the_recorder_is_told_of_each_change_once_and_again_when_it_has_started_anew(house: House) -> None:
    recorder = Recorder()
    work = Announcing(recorder, lambda: (house.organisation,))
    assert work.round() == 0
    made = publish(house)
    assert [work.round(), work.round()] == [1, 0]
    publish(house, text="Calls are recorded.")
    assert work.round() == 1
    assert {each.version for each in recorder.requests[-1].announcements} == {
        1,
        2,
    }  # on the day of the change
    recorder.told.clear()
    assert work.round() == 1
    assert made.version == 1


def test_the_library_has_the_settings_and_whatever_is_published_by_now(house: House) -> None:
    of_settings = announcement(organisation=house.organisation, name="old")
    library = Library({of_settings: PROMPT})
    assert set(library.of(house.organisation)) == {of_settings}
    publish(house)
    found = library.of(house.organisation)
    assert {each.name for each in found} == {"old", "welcome"}
    assert library.of(house.organisation) == found
    announcements.end(house.desk, house.person("cora"), announcements.listed(house.organisation)[0].id)
    assert library.of(house.organisation) != found


@pytest.mark.django_db
def test_a_recorder_that_is_away_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away(Recorder):
        def state(self) -> State:
            self.requests.append(TakeAnnouncements("", "", ()))
            if len(self.requests) == 2:
                stop.set()
            raise NotAvailableError("It does not run.")

    stop, recorder = threading.Event(), Away()
    monkeypatch.setattr(announcing, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr("muniment.processes.announcing.connection.close", lambda: None)
    announcing.run(Announcing(recorder, tuple), stop)
    assert len(recorder.requests) == 2

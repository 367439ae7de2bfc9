"""What the recorder does for test calls when it is asked over its own socket: it expects them, and tells of them."""

from dataclasses import dataclass

from muniment.capture.calls.control import AskTest, Expected, ExpectTest, FindCall
from muniment.capture.calls.session import Sessions
from muniment.capture.calls.trials import TrialState
from muniment.core import clock
from muniment.core.call_outline import Outline


@dataclass(frozen=True)
class Trying:
    """Test calls among the recording sessions of one recorder."""

    sessions: Sessions

    def expect(self, request: ExpectTest) -> Expected:
        """A test call will come from an address; whether there is such a source, and what is listened for."""
        source = self.sessions.sources.named(request.organisation, request.source)
        if source is None:
            return Expected(known=False)
        self.sessions.sources.trials.expect(request.host, request.port, source)
        call = Outline(source.organisation, source.name)
        return Expected(
            known=True, prompts=tuple(self.sessions.settling.prompts_of(call, clock.milliseconds()))
        )

    def state(self, request: AskTest) -> TrialState:
        """How far a test call is."""
        live = self.sessions.calls.get(self.sessions.silencing.find(FindCall(request.call, "")).call)
        if live is None or not live.account.test:
            return self.sessions.ended_trials.of(request.call)
        return TrialState("kept" if live.kept else "provisional", live.id, live.account.notice)

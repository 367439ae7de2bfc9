"""Silence on live calls by word of the agent's desktop, of a page, of keys, or of a rule."""

from collections.abc import Callable

from muniment.capture.calls.control import Done, FindCall, PageShown, SilenceCall
from muniment.capture.calls.live_calls import LiveCall, LiveCalls
from muniment.capture.calls.ports import Recorder
from muniment.capture.calls.silences import REASONS, Asked, CardRules


class Silencing:
    """Carries silences out, in the engine and in the call's account. `longest` is in seconds, 0 for ever."""

    def __init__(
        self, calls: LiveCalls, recorder: Recorder, rules: CardRules, longest: int, now: Callable[[], int]
    ) -> None:
        self._calls = calls
        self._recorder = recorder
        self.rules = rules
        self.longest = longest
        self._now = now

    # --- what others ask ----------------------------------------------------------------------------

    def silence(self, request: SilenceCall) -> Done:
        """Silence or sound by word of the agent's desktop or a rule, of a call by any name that it has."""
        live = self._calls.named(request.call, request.organisation)
        if live is None:
            return Done(done=False)
        if request.stream is not None:
            self._silent(live, request.why, request.by, on=request.on, stream=request.stream)
        elif request.on:
            self.begin(live, "api", request.by, self._now() + self.longest * 1000 if self.longest else 0)
        else:
            self.end(live, "api")
        return Done(done=True, call=live.id, silent=bool(live.silences.asking))

    def find(self, request: FindCall) -> Done:
        """Which live call has a name, and whether it is silent."""
        live = self._calls.named(request.call, request.organisation)
        return Done(done=True, call=live.id, silent=bool(live.silences.asking)) if live else Done(done=False)

    def page(self, request: PageShown) -> Done:
        """The agent's desktop shows a page: silent while a rule fits it, heard again on the next that does not."""
        live = self._calls.named(request.call, request.organisation)
        if live is None:
            return Done(done=False)
        rule = self.rules.of(live.source.organisation).page(request.page)
        if rule is not None:
            self.begin(live, "page", rule.name)
        else:
            self.end(live, "page")
        return Done(
            done=True, call=live.id, silent=bool(live.silences.asking), rule=rule.name if rule else ""
        )

    # --- what happens in a call ---------------------------------------------------------------------

    def pressed(self, call: LiveCall) -> None:
        """A key was pressed: silence where a rule asks for it."""
        if keys_ms := self.rules.of(call.source.organisation).keys_ms:
            self.begin(call, "dtmf", "keys", self._now() + keys_ms)

    def queued(self, call: LiveCall) -> None:
        """Calls of some queues are silent from the moment that their queue is known."""
        if not call.account.queue or "rule" in call.silences.asking:
            return
        rule = self.rules.of(call.source.organisation).silences_queue(call.account.queue)
        if rule is not None:
            self.begin(call, "rule", rule.name)

    def wake(self, call: LiveCall, now: int) -> None:
        """End what has lasted long enough."""
        for who in call.silences.over(now):
            self.end(call, who)

    def begin(self, call: LiveCall, who: Asked, by: str, until: int = 0) -> None:
        """`who` (a key of REASONS) asks for silence, until a moment or until further notice."""
        if call.silences.begin(who, by, until):
            self._silent(call, REASONS[who], by, on=True)

    def end(self, call: LiveCall, who: Asked) -> None:
        """`who` asks no longer; it is loud again where nobody else does."""
        by = call.silences.asking.get(who, ("", 0))[0]
        if call.silences.end(who):
            self._silent(call, REASONS[who], by, on=False)

    def _silent(self, call: LiveCall, why: str, by: str, *, on: bool, stream: int | None = None) -> None:
        self._recorder.mask(call.id, on=on, stream=stream, why=why, by=by)
        call.account.mask(self._now(), stream, why, by, on=on)

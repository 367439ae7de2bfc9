"""Whether a call is kept: provisional while its notice lasts or a rule waits, then kept, or left out by a rule."""

from collections.abc import Callable, Mapping

from muniment.capture.calls.announced import announcements_of
from muniment.capture.calls.control import Done, TakeAnnouncements
from muniment.capture.calls.live_calls import LiveCall
from muniment.capture.calls.notice import Audible, Listening
from muniment.capture.calls.ports import Recorder
from muniment.capture.calls.ruling import UNDECIDED_MS, Ruling
from muniment.capture.calls.silencing import Silencing
from muniment.core.announcement_settings import Announcement
from muniment.core.call_outline import Outline
from muniment.core.notice_reasons import evidence as reasoned
from muniment.core.prompts import Prompt, fitting


class Settling:
    """Decides for the calls of one recorder, by rules, lines and announcements."""

    def __init__(
        self, recorder: Recorder, silencing: Silencing, ruling: Ruling, now: Callable[[], int]
    ) -> None:
        self.ruling = ruling
        self.prompts: Mapping[Announcement, Prompt] = {}
        """The announcements that can be listened for, by what the settings say of them."""
        self.announced: dict[str, str] = {}
        """By organisation: the digest of the announcements that the worker told, beside those of the settings."""
        self.listening = Listening(recorder) if isinstance(recorder, Audible) else None
        self._told: dict[str, dict[Announcement, Prompt]] = {}
        self._recorder = recorder
        self._silencing = silencing
        self._now = now

    def announce(self, request: TakeAnnouncements) -> Done:
        """Listen from now on for what was published, in calls that are under way as well."""
        self._told[request.organisation] = announcements_of(request)
        self.announced[request.organisation] = request.digest
        return Done(done=True)

    def prompts_of(self, call: Outline, started: int) -> list[Prompt]:
        """The notices that are listened for in such a call."""
        known = {**self.prompts, **self._told.get(call.organisation, {})}
        return [known[each] for each in fitting(known, call, started)]

    def began(self, call: LiveCall) -> None:
        """A call begins: whether a notice is waited for, by what is set for its source."""
        source = call.source
        if source.notice == "none":
            call.account.notice = reasoned(source.no_notice)
        if source.notice_seconds:
            call.notice_ends = call.account.started + source.notice_seconds * 1000

    def named(self, call: LiveCall) -> None:
        """Its first message was taken in: a rule may wait for what is not known yet."""
        if not call.kept and self.ruling.undecided(call.account.outline, call.account.named):
            call.undecided_until = call.undecided_until or self._now() + UNDECIDED_MS

    def decide(self, call: LiveCall) -> None:
        """By recording rules and lines, whenever more is known of a call."""
        known = call.account.outline
        self.ruling.settle(
            known, call.account, lambda what, **said: self._recorder.event(call.id, self._now(), what, **said)
        )
        if call.account.notice.state in {"not-feasible", "not-required"}:
            call.notice_ends = 0
        rule = self.ruling.leaves_out(known)
        if rule is not None:
            call.left_out = rule.word
            self._silencing.begin(call, "left-out", rule.name)
        elif call.left_out:
            call.left_out = ""
            self._silencing.end(call, "left-out")
        if not call.kept and call.legs and not call.notice_ends and call.undecided_until <= self._now():
            self._keep(call)

    def wake(self, call: LiveCall, now: int) -> None:
        """Keep what has waited long enough."""
        if call.kept:
            return
        if call.notice_ends:
            self._listen(call, now)
        elif call.undecided_until <= now:
            self._keep(call)

    def ended(self, call: LiveCall) -> None:
        """It has ended: where only a rule waited, that leaves it in."""
        if not call.kept and not call.notice_ends:
            self._keep(call)

    def forget(self, call: LiveCall) -> None:
        """Nothing more is to be heard in it."""
        if self.listening is not None:
            self.listening.forget(call.id)

    def _listen(self, call: LiveCall, now: int) -> None:
        """Keep a provisional call when its notice has ended, or after the longest wait for it."""
        if call.heard_until == 0 and self.listening is not None:
            prompts = self.prompts_of(call.account.outline, call.account.started)
            evidence = self.listening.look(call.id, tuple(prompts), call.account.started, now)
            if evidence is not None:
                length = next(
                    each.seconds
                    for each in prompts
                    if (each.name, each.version, each.language)
                    == (evidence.announcement, evidence.version, evidence.language)
                )
                call.account.notice, call.heard_until = evidence, evidence.at + round(length * 1000)
                self._recorder.event(
                    call.id,
                    evidence.at,
                    "notice",
                    announcement=evidence.announcement,
                    version=evidence.version,
                )
        if (call.heard_until and call.heard_until <= now) or call.notice_ends <= now:
            self._keep(call)

    def _keep(self, call: LiveCall) -> None:
        if call.left_out:
            return
        self._recorder.keep(call.id)
        call.kept = True

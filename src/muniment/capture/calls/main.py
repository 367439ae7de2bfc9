"""The recorder as a process: `python -m muniment.capture.calls.main HOME`.

It runs SIP and, in processes of their own, the workers that take sound. It holds no key of the vault: only the
keys of calls under way, each as long as its call. SIGTERM and SIGINT end every call durably.
"""

import asyncio
import resource
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import structlog

from muniment.capture.calls.control import (
    Answering,
    AskState,
    AskTest,
    Control,
    ExpectTest,
    FindCall,
    HearCall,
    ListCalls,
    PageShown,
    Reply,
    SilenceCall,
    State,
    TakeAnnouncements,
)
from muniment.capture.calls.monitoring import Monitoring
from muniment.capture.calls.recorder import RtpRecorder
from muniment.capture.calls.refreshing import Refreshing
from muniment.capture.calls.rhythm import Rhythms
from muniment.capture.calls.session import Sessions
from muniment.capture.calls.sip.server import SipServer
from muniment.capture.calls.trying import Trying
from muniment.core import lifeline, parting
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.home import Home
from muniment.core.settings_file import SettingsFile
from muniment.vault.client import CaptureDoor

log = structlog.get_logger()

SOCKET = "recorder"
RHYTHMS = "sources.json"


async def serve(home: Home, file: SettingsFile) -> None:
    """Record until a signal says stop; then end every call, and seal what the keeper takes at once."""
    chosen = file.settings.calls
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    organisations = tuple(sorted({source.organisation for source in chosen.sources}))
    keeper = CaptureDoor(home.socket("capture"))
    recorder = RtpRecorder(
        home,
        chosen.media,
        keeper,
        organisations,
        sources=chosen.sources,
    )
    sessions = Sessions(chosen, recorder)
    refreshing = Refreshing(file, sessions, recorder)
    sessions.refresh_settings = refreshing.look
    sessions.rhythms = Rhythms(home.path / "calls" / RHYTHMS)
    server = SipServer(chosen, sessions)

    sessions.ended_trials = recorder.desk.trials
    monitoring = Monitoring(sessions, recorder, keeper)

    answer = _answering(sessions, recorder, monitoring, refreshing)
    control = Control(home.socket(SOCKET), answer, parting.of(home))
    try:
        await server.start()
        await control.start()
        log.info("recorder ready", workers=len(recorder.workers))
        tending = asyncio.create_task(monitoring.tend())
        await stop.wait()
        tending.cancel()
    finally:
        await control.stop()
        await monitoring.close()
        await server.stop()
        sessions.rhythms.keep()
        await asyncio.to_thread(recorder.stop)
        keeper.close()
        log.info("recorder stopped", sealed=recorder.desk.sealed)


def _answering(
    sessions: Sessions, recorder: RtpRecorder, monitoring: Monitoring, refreshing: Refreshing
) -> Answering:
    """Who answers which question of our other processes."""
    trying = Trying(sessions)

    def state(_: AskState) -> State:
        found = recorder.state()
        return msgspec.structs.replace(
            found,
            announcements=dict(sessions.settling.announced),
            sources=sessions.states(),
            settings_fault=refreshing.fault,
            restart=refreshing.waiting,
        )

    answers: dict[type[msgspec.Struct], Callable[..., Reply | Awaitable[Reply]]] = {
        AskState: state,
        AskTest: trying.state,
        ExpectTest: trying.expect,
        FindCall: sessions.silencing.find,
        HearCall: monitoring.hear,
        ListCalls: monitoring.under_way,
        PageShown: sessions.silencing.page,
        SilenceCall: sessions.silencing.silence,
        TakeAnnouncements: sessions.settling.announce,
    }
    return lambda request: answers[type(request)](request)


def run(arguments: list[str]) -> int:
    """The exit status of the process."""
    try:
        if len(arguments) != 1:
            raise WrongUseError("Give the home directory, and nothing else.")
        home = Home(Path(arguments[0]))
        file = SettingsFile.of(home)
        chosen = file.settings.calls
        if not chosen.listeners or not chosen.sources:
            raise WrongUseError(
                f"No recorder is set up in {home.settings}.",
                remedy="Add [[calls.listeners]] and [[calls.sources]] to it.",
            )
        lifeline.forbid_dumps()
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        asyncio.run(serve(home, file))
    except MunimentError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except OSError as error:
        sys.stderr.write(f"The recorder cannot listen: {error}. Is the port taken?\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

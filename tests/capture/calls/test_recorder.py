"""The recorder with real workers and real packets: nothing is lost, and what may not be kept is nowhere."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.capture.calls.ports import Crypto, MediaAnswer, MediaOffer
from muniment.capture.calls.rtp import rtcp
from muniment.capture.calls.rtp.srtp import SUITES, Protection
from muniment.capture.calls.silences import CardRules
from muniment.core import clock
from muniment.core.card_settings import CardRule
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.media_settings import MediaSettings
from tests.capture.calls.call_keeper import ORGANISATION, CallKeeper, packets, texts
from tests.capture.calls.rtp.field import rtp
from tests.capture.calls.rtp.protecting import protected
from tests.capture.calls.studio import (
    CODECS,
    SETTINGS,
    Studio,
    everything_under,
    fnv,
    offer,
    phone,
    send,
    studio,
    wait,
)

ALL = {"loss": 30, "reorder": 30, "twice": 30, "change": 1, "jump": 1, "silence": 1, "digits": 1}


@pytest.mark.parametrize("how", [{}, ALL], ids=["clean", "everything at once"])
def test_every_payload_is_kept_and_every_loss_counted(home: Home, how: dict[str, int]) -> None:
    with studio(home) as it:
        answers = [answer for call in range(3) for answer in it.open(f"call_{call}")]
        sent = send(answers, seconds=6, seed=secrets.randbelow(10**6), **how)  # type: ignore[arg-type]  # numbers all
        for call in range(3):
            it.close(f"call_{call}")
        wait(lambda: it.recorder.desk.sealed == 3)
        for number, expected in enumerate(sent):
            facts, data = it.sealed()[f"call_{number // 2}"]
            stream = facts.streams[number % 2]
            assert fnv(data, number % 2) == expected.digest
            assert (stream.lost, stream.duplicates, stream.reordered) == expected[1:4]
            assert facts.dtmf == bool(how)
            assert facts.defects == ()
        assert it.files() == []


def test_a_worker_that_is_stopped_for_five_seconds_loses_nothing(home: Home) -> None:
    with studio(home) as it:
        answers = [answer for call in range(20) for answer in it.open(f"call_{call}")]

        def freeze() -> None:
            time.sleep(1)
            (worker,) = it.recorder.workers
            os.kill(worker, signal.SIGSTOP)
            time.sleep(5)
            os.kill(worker, signal.SIGCONT)

        sent = send(answers, freeze, seconds=8)
        for call in range(20):
            it.close(f"call_{call}")
        wait(lambda: it.recorder.desk.sealed == 20)
        sealed = it.sealed()
        assert sum(stream.packets for each in sealed.values() for stream in each.facts.streams) == 40 * 400
        for number in (0, 39):
            assert fnv(sealed[f"call_{number // 2}"].data, number % 2) == sent[number].digest


def test_a_worker_that_is_killed_costs_at_most_a_second_and_says_so(home: Home) -> None:
    with studio(home) as it:
        answers = it.open("call_0")

        def kill() -> None:
            time.sleep(3)
            os.kill(it.recorder.workers[0], signal.SIGKILL)

        sent = send(answers, kill, seconds=6)
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1)
        facts, data = it.sealed()["call_0"]
        for stream in (0, 1):
            assert sent[stream].kept - 60 <= len(packets(data, stream)) <= sent[stream].kept
        assert any("worker ended" in defect for defect in facts.defects)
        assert {event["why"] for event in texts(data, "E") if event["what"] == "gap"} == {"worker"}


@pytest.mark.parametrize("way", ["keys", "api"])
def test_a_silence_outlives_the_worker_and_what_waits_in_the_sockets_is_of_it(home: Home, way: str) -> None:
    secret, plain = b"4929" * 40, b"hello " * 26 + b"...."
    rule = CardRule(organisation=ORGANISATION, name="till", pause_keys="*7", resume_keys="*8")
    with studio(home, card=CardRules((rule,))) as it:
        (answer,) = it.open("call_0", 1)
        caller, number = phone(answer), 0

        def say(payload: bytes, count: int, kind: int = 0) -> None:
            nonlocal number
            for _ in range(count):
                caller.send(rtp(number, number * 160, payload, kind=kind))
                number += 1
                time.sleep(0.02)

        def silent() -> bool:
            return "pause" in it.recorder._recordings["call_0"].paused

        say(plain, 30)
        if way == "keys":
            say(bytes((10, 0x8A, 0, 160)), 1, kind=101)
            say(bytes((7, 0x8A, 0, 160)), 1, kind=101)
            wait(silent, 60)
        else:
            it.recorder.mask("call_0", on=True, stream=None, why="api", by="till")
        say(secret, 20)
        (before,) = it.recorder.workers
        os.kill(before, signal.SIGKILL)
        say(secret, 60)
        wait(lambda: it.recorder.workers not in ([], [before]), 60)
        say(secret, 20)
        if way == "keys":
            say(bytes((10, 0x8A, 0, 160)), 1, kind=101)
            say(bytes((8, 0x8A, 0, 160)), 1, kind=101)
            wait(lambda: not silent(), 60)
        else:
            it.recorder.mask("call_0", on=False, stream=None, why="api", by="till")
        say(plain, 30)
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1, 60)
        facts, data = it.sealed()["call_0"]
    assert secret not in data
    assert data.count(plain) >= 20  # the other worker needs some to know the source again
    assert {(mask.why, mask.by) for mask in facts.masks} >= {("dtmf" if way == "keys" else "api", "till")}


CHILD = """
import sys, time, socket
from pathlib import Path
from muniment.core.home import Home
from tests.capture.calls.call_keeper import CallKeeper
from tests.capture.calls.studio import Studio
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
keeper = CallKeeper()
keeper._private = X25519PrivateKey.from_private_bytes(bytes(range(32)))
it = Studio(Home(Path(sys.argv[1])), keeper=keeper)
for call, kept in (("call_kept", True), ("call_provisional", False)):
    print(*(answer.port for answer in it.open(call, kept=kept)), flush=True)
time.sleep(600)
"""


def test_a_recorder_that_is_killed_loses_a_second_and_nothing_that_was_not_kept_remains(home: Home) -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(home.path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    ports = [int(word) for _ in range(2) for word in process.stdout.readline().split()]
    answers = [MediaAnswer(port, port + 1) for port in ports]

    def kill() -> None:
        time.sleep(3)
        process.kill()
        process.wait()

    begun = clock.milliseconds()
    send(answers, kill, seconds=4)
    keeper = CallKeeper()
    keeper._private = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    after = Studio(home, keeper=keeper)
    try:
        wait(lambda: after.recorder.desk.sealed == 1)
    finally:
        after.stop()
    assert after.files() == []
    facts, data = after.sealed()["call_kept"]
    assert keeper.adopted == ["call_kept", "call_kept"]
    kept = [len(packets(data, stream)) for stream in (0, 1)]
    assert min(kept) >= (3000 - 1100) // 20, (kept, facts.ended - begun)
    assert {event["what"] for event in texts(data, "E")} >= {"cut"}
    assert facts.defects


def test_nothing_of_a_masked_span_is_anywhere(home: Home) -> None:
    secret, plain = b"4929" * 40, b"hello " * 26 + b"...."
    with studio(home) as it:
        (answer,) = it.open("call_0", 1)
        caller = phone(answer)
        number = 0

        def say(payload: bytes, count: int) -> None:
            nonlocal number
            for _ in range(count):
                caller.send(rtp(number, number * 160, payload))
                number += 1
                time.sleep(0.02)

        say(plain, 30)
        it.recorder.mask("call_0", on=True, stream=None, why="api", by="per_agent")
        say(secret, 60)
        late = rtp(number - 3, (number - 3) * 160, secret)
        number += 1
        it.recorder.mask("call_0", on=False, stream=None, why="api", by="per_agent")
        caller.send(rtp(number - 1, (number - 1) * 160, plain))
        caller.send(late)
        say(plain, 50)
        files = everything_under(home.path)
        assert plain not in files, "live calls are sealed"
        memory = it.recorder.workers[0]
        assert memory
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1)
        facts, data = it.sealed()["call_0"]
        assert secret not in data
        assert data.count(plain) == 81
        (mask,) = facts.masks
        assert (mask.why, mask.by, mask.stream) == ("api", "per_agent", None)
        assert 1000 < mask.end - mask.start < 6000
        assert facts.streams[0].lost == 0
        assert texts(data, "S") == [
            {"by": "per_agent", "from": mask.start, "stream": None, "to": mask.end, "why": "api"}
        ]
        assert secret not in everything_under(home.path)


@pytest.mark.parametrize("suite", list(SUITES))
def test_protected_calls_are_kept_as_they_were_spoken(home: Home, suite: str) -> None:
    form = SUITES[suite]
    theirs = Crypto(3, suite, secrets.token_bytes(form.key), secrets.token_bytes(form.salt), b"\1")
    with studio(home) as it:
        (answer,) = it.open("call_0", 1, crypto=(theirs,))
        assert answer.crypto is not None
        assert (answer.crypto.tag, answer.crypto.suite) == (3, suite)
        assert answer.crypto.key != theirs.key
        caller = phone(answer)
        said = [secrets.token_bytes(160) for _ in range(50)]
        for at, payload in enumerate(said):
            number = 65_520 + at
            caller.send(protected(theirs, rtp(number, at * 160, payload), number))
            caller.send(rtp(number, at * 160, b"forged" * 20))
        time.sleep(0.5)
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1)
        assert [row[4] for row in packets(it.sealed()["call_0"].data, 0)] == said


def test_reports_are_answered_and_clocks_are_noted(home: Home) -> None:
    with studio(home) as it:
        (answer,) = it.open("call_0", 1)
        caller = phone(answer)
        for number in range(10):
            caller.send(rtp(number, number * 160, bytes(160)))
        time.sleep(0.3)
        ntp = (rtcp.EPOCH + 1_800_000_000) << 32 | 1 << 31
        report = b"\x80\xc8\0\6" + (7).to_bytes(4) + ntp.to_bytes(8) + (1600).to_bytes(4) + bytes(8)
        caller.send(report)  # multiplexed
        caller.settimeout(10)
        answered = caller.recv(1500)
        assert answered[1] == rtcp.RECEIVER_REPORT
        assert int.from_bytes(answered[8:12]) == 7
        ((_, name),) = rtcp.parse(answered).names
        assert name.endswith("@muniment.invalid")
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1)
        (noted,) = [event for event in texts(it.sealed()["call_0"].data, "E") if event["what"] == "clock"]
        assert (noted["ntp"], noted["timestamp"], noted["stream"]) == (1_800_000_000_500, 1600, 0)


def test_what_signalling_says_stands_in_the_container(home: Home) -> None:
    with studio(home) as it:
        it.open("call_0", 1)
        it.recorder.signalled("call_0", "invite", 5, "v=0", "<recording/>", {"Call-ID": "abc"})
        it.recorder.event("call_0", 6, "hold", by="x")
        it.recorder.change_stream("call_0", MediaOffer(0, "zero", "127.0.0.1", 40_002, CODECS))
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1)
        data = it.sealed()["call_0"].data
        (signalled,) = texts(data, "M")
        assert (signalled["kind"], signalled["sdp"], signalled["dialog"]) == ("invite", "v=0", "abc")
        assert [stream["label"] for stream in texts(data, "T")] == ["0", "zero"]
        assert [event["what"] for event in texts(data, "E")] == ["hold"]


def test_a_declined_call_leaves_nothing_but_a_word(home: Home) -> None:
    with studio(home) as it:
        answers = it.open("call_0", kept=False)
        send(answers, seconds=2)
        wait(lambda: len(it.files()) == 1)
        it.recorder.discard("call_0", "hung up during the notice")
        wait(lambda: it.files() == [])
        wait(lambda: it.keeper.declined == ["hung up during the notice"])
        assert it.keeper.batches == []
        with pytest.raises(WrongUseError):
            it.recorder.keep("call_0")


def test_no_port_left_is_a_refusal_and_ends_nothing(home: Home) -> None:
    settings = MediaSettings(workers=1, free_disk=0, first_port=22_900, last_port=22_905, quarantine=0)
    with studio(home, settings) as it:
        it.open("call_0", 3)
        it.recorder.open_call(ORGANISATION, "call_1", clock.milliseconds(), "pbx")
        with pytest.raises(NotAvailableError, match="No media port"):
            it.recorder.open_stream("call_1", offer(0))
        assert not it.recorder.ready()
        it.close("call_0")
        wait(lambda: it.recorder.desk.sealed == 1)
        assert it.recorder.open_stream("call_1", offer(0)).accepted
        it.recorder.discard("call_1", "test")


def test_no_call_is_taken_that_could_not_be_kept(home: Home) -> None:
    with studio(home, SETTINGS.model_copy(update={"free_disk": 1 << 60})) as it:
        with pytest.raises(NotAvailableError, match="No call"):
            it.open("call_0")
        assert not it.recorder.ready()
    keeper = CallKeeper()
    keeper.away = True
    it = Studio(home, keeper=keeper)
    with pytest.raises(NotAvailableError, match="No call"):
        it.open("call_0")
    it.stop()


def test_a_finished_call_waits_for_the_keeper(home: Home) -> None:
    with studio(home) as it:
        answers = it.open("call_0")
        send(answers, seconds=2)
        it.keeper.away = True
        it.close("call_0")
        wait(lambda: it.recorder.calls == 0)
        assert len(it.files()) == 1
        it.keeper.away = False
        wait(lambda: it.recorder.desk.sealed == 1)
        assert it.files() == []


def test_stopping_ends_calls_durably(home: Home) -> None:
    it = Studio(home)
    send(it.open("call_0"), seconds=2)
    it.stop()
    facts, data = it.sealed()["call_0"]
    assert facts.defects == ("the recorder was stopped during the call",)
    assert len(packets(data, 0)) == 100


def test_an_offer_without_a_suite_that_can_be_taken_is_rejected(home: Home) -> None:
    with studio(home) as it:
        unknown = Crypto(1, "F8_128_HMAC_SHA1_80", bytes(16), bytes(14))
        (answer,) = it.open("call_0", 1, crypto=(unknown,))
        assert (answer.accepted, answer.port) == (False, 0)
        it.recorder.discard("call_0", "test")


def test_our_reports_are_protected_where_the_call_is(home: Home) -> None:
    theirs = Crypto(1, "AEAD_AES_128_GCM", secrets.token_bytes(16), secrets.token_bytes(12))
    with studio(home) as it:
        (answer,) = it.open("call_0", 1, crypto=(theirs,))
        caller, reports = phone(answer), phone(answer)
        reports.connect(("127.0.0.1", answer.rtcp_port))
        for number in range(10):
            caller.send(protected(theirs, rtp(number, number * 160, bytes(160)), number))
        time.sleep(0.3)
        reports.send(protected(theirs, b"\x80\xc8\0\6" + (7).to_bytes(4) + bytes(20), 1, control=True))
        reports.settimeout(10)
        assert answer.crypto is not None
        clear = Protection(answer.crypto).open_control(reports.recv(1500))
        assert clear is not None
        assert clear[1] == rtcp.RECEIVER_REPORT
        it.recorder.discard("call_0", "test")

"""The seam between signalling and media."""

from muniment.capture.calls.ports import Crypto, Recorder, Watchful
from tests.capture.calls.memory_recorder import MemoryRecorder


def test_the_recorder_of_these_tests_is_one() -> None:
    recorder: Recorder = MemoryRecorder()
    assert isinstance(recorder, Watchful)


def test_keys_do_not_show_in_what_is_printed() -> None:
    assert "secret" not in repr(Crypto(1, "AES_CM_128_HMAC_SHA1_80", b"secret", b"secret"))

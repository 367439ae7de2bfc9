"""What is known of a recording without opening it."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.statement import CaptureStatement
from muniment.readers.calls.known import is_call, known_call
from tests.readers.calls.samples import the_facts
from tests.readers.calls.test_reading import statement


def test_the_statement_tells_the_call() -> None:
    call = known_call(statement("siprec", "meeting", facts=the_facts(60)), "It was not looked at.")
    assert (call.facts, call.subject, call.unreadable) == (
        the_facts(60),
        "Meeting, 1 min 0 s",
        "It was not looked at.",
    )


@given(st.binary(max_size=60))
def test_a_statement_that_cannot_be_read_is_said(data: bytes) -> None:
    assert known_call(data).unreadable
    assert not is_call(data)


def test_mail_is_no_call() -> None:
    assert is_call(statement("audio"))
    assert not is_call(CaptureStatement(source="s", received=0, form="smtp", sha256="").encode())


def test_who_lists_calls_loads_no_decoder() -> None:
    program = "import sys, muniment.readers.calls.known; print({'numpy', 'soundfile'} & {*sys.modules})"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )

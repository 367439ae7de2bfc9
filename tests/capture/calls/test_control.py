"""The recorder's own socket."""

import asyncio
from pathlib import Path

import msgspec

from muniment.capture.calls.control import (
    AskState,
    Control,
    Done,
    FindCall,
    PageShown,
    Request,
    SilenceCall,
    State,
    TakeAnnouncements,
)
from muniment.core.errors import WrongUseError

STATE = State(("call_1",), 2, 0, ready=True, dropped=0)


def answer(request: Request) -> State | Done:
    if isinstance(request, AskState):
        return STATE
    if isinstance(request, TakeAnnouncements):
        return Done(done=sum(len(each.samples) for each in request.announcements) > 1_000_000)
    assert isinstance(request, FindCall | PageShown | SilenceCall)
    if request.call != "call_1":
        raise WrongUseError("There is no such call.")
    return Done(done=isinstance(request, FindCall | PageShown) or request.on)


async def converse(path: Path, *frames: bytes) -> list[bytes]:
    control = Control(path / "run" / "recorder.sock", answer)
    await control.start()
    assert (path / "run" / "recorder.sock").stat().st_mode & 0o777 == 0o600
    reader, writer = await asyncio.open_unix_connection(path / "run" / "recorder.sock")
    for frame in frames:
        writer.write(len(frame).to_bytes(4, "little") + frame)
    writer.write_eof()
    said = await reader.read()
    writer.close()
    await control.stop()
    assert not (path / "run" / "recorder.sock").exists()
    found = []
    while said:
        length = int.from_bytes(said[:4], "little")
        found.append(said[4 : 4 + length])
        said = said[4 + length :]
    return found


def test_it_says_how_it_goes_and_silences_calls(tmp_path: Path) -> None:
    asked = [
        AskState(),
        SilenceCall("call_1", True, "api", "per_x"),
        SilenceCall("call_2", True, "api", "per_x"),
    ]
    answers = asyncio.run(converse(tmp_path, *map(msgspec.msgpack.encode, asked)))
    assert msgspec.msgpack.decode(answers[0], type=State) == STATE
    assert [msgspec.msgpack.decode(one, type=Done).done for one in answers[1:]] == [True, False]


def test_junk_ends_the_conversation_and_nothing_else(tmp_path: Path) -> None:
    assert asyncio.run(converse(tmp_path, b"junk", msgspec.msgpack.encode(AskState()))) == []
    assert asyncio.run(converse(tmp_path, bytes(1 << 17))) == []

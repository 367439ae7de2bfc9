"""A telephone that knows nothing of recording calls the recorder: a real second party with real RTP."""

import asyncio
from pathlib import Path

import pytest

from muniment.core.call_settings import CallListener
from tests.capture.calls.sip.rig import running

pytestmark = pytest.mark.needs("baresip")

CONFIG = """sip_listen 127.0.0.1:0
rtp_ports 21000-21999
module_path /usr/lib/baresip/modules
audio_player aubridge,near
audio_source ausine,440
module g711.so
module g722.so
module opus.so
module ausine.so
module aubridge.so
module_tmp account.so
module_app menu.so
"""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_telephone_is_answered_and_hung_up(tmp_path: Path, transport: str) -> None:
    (tmp_path / "config").write_text(CONFIG)
    (tmp_path / "accounts").write_text(f"<sip:218@127.0.0.1;transport={transport}>;regint=0\n")

    async def go() -> None:
        listener = CallListener(transport=transport, listen="127.0.0.1:0")
        async with running((listener,)) as rig:
            address = f"sip:recorder@127.0.0.1:{rig.ports[transport]};transport={transport}"
            for seconds in (
                4,
                8,
                16,
            ):  # it counts from its start, and a busy machine may not let it begin in time
                process = await asyncio.create_subprocess_exec(
                    *("nice", "baresip", "-4", "-f", str(tmp_path), "-e", f"/dial {address}"),
                    *("-t", str(seconds)),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                )
                await process.wait()
                if rig.recorder.said:
                    break
            await rig.until(lambda: bool(rig.recorder.closed))
            facts = rig.recorder.facts
            assert facts.parties[0].dialled == "218"
            assert set(facts.streams[0].codecs) & {"PCMU", "PCMA", "G722", "opus"}
            assert "the client never confirmed the recording" not in facts.defects

    asyncio.run(go())

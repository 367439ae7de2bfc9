"""A call heard while it lasts, through `muniment serve`: keeper, recorder and its workers, as they are."""

from pathlib import Path

import pytest

from muniment.capture.calls.control import Heard
from muniment.capture.calls.door import RecorderDoor
from muniment.core import clock, ids
from muniment.core.errors import RefusedError
from muniment.core.ids import Prefix
from muniment.core.tags import EventTag
from muniment.readers.calls.container import Container
from muniment.readers.calls.source import Held
from muniment.vault.authority import statements
from muniment.vault.authority.keyfile import PrivateKeyFile
from muniment.vault.authority.register import Power
from muniment.vault.authority.statements import Action, Verdict
from muniment.vault.client import DeskDoor
from muniment.vault.keeper import entries
from tests.faults.siprec_client import Switch
from tests.installations import DAY, Installation, found, free_port, person_with, sign, until

LINE = "ext:201"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = found(tmp_path, mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f"[calls.media]\nfirst_port = {free_port()}\nfree_disk = 0\nlast_port = 39999\n"
        )
    return made


def granted(desk: DeskDoor, made: Installation, holder: PrivateKeyFile, line: str) -> str:
    """A warrant to hear the calls of one line; its hash."""
    decider, now = person_with(desk, made, Power.DECIDE), clock.seconds()
    text = statements.build_warrant(
        organisation=made.organisation,
        case=ids.new(Prefix.CASE),
        purpose="C4",
        category="monitor",
        holder=holder.person,
        approvers=[decider.person],
        actions=[Action.MONITOR],
        records=[],
        not_before=now - 60,
        not_after=now + DAY,
        cap=10,
        matrix=1,
        lines=[line],
    )
    warrant = statements.warrant_hash(text)
    yes = statements.build_decision(
        organisation=made.organisation,
        request=ids.new(Prefix.REQUEST),
        warrant=warrant,
        decision=Verdict.APPROVE,
        reason="needed",
        clause="4.1",
        person=decider.person,
    )
    desk.admit(made.organisation, text, (sign(decider, yes),), ())
    return warrant


def begun(desk: DeskDoor, made: Installation, holder: PrivateKeyFile, warrant: str, call: str) -> bytes:
    """The token for one call."""
    text = statements.build_opening(
        organisation=made.organisation,
        warrant=warrant,
        holder=holder.person,
        records=[],
        action=Action.MONITOR,
        call=call,
    )
    return desk.monitor(made.organisation, warrant, call, sign(holder, text)).token


def payloads(heard: Heard) -> set[bytes]:
    """Every payload that was given out."""
    container = Container(Held(heard.data))
    return {payload for block in container.packets() for payload in block.payloads()}


def test_a_call_is_heard_while_it_lasts_under_a_warrant_for_its_line_and_not_otherwise(
    installation: Installation,
) -> None:
    made, given = installation, set[bytes]()
    with (
        made.serving(),
        Switch(made.mail_port) as switch,
        DeskDoor(made.home.socket("desk")) as desk,
    ):
        recorder = RecorderDoor(made.home.socket("recorder"))
        holder = person_with(desk, made, Power.REQUEST)
        switch.begin()
        until(
            lambda: [one.kept for one in recorder.under_way(made.organisation, (LINE,)).calls] == [True], 60
        )
        assert recorder.under_way(made.organisation, ("ext:999",)).calls == ()
        call = recorder.under_way(made.organisation, (LINE,)).calls[0].facts.id
        elsewhere = begun(desk, made, holder, granted(desk, made, holder, "ext:999"), call)
        warrant = granted(desk, made, holder, LINE)
        token = begun(desk, made, holder, warrant, call)

        def heard() -> Heard:
            found = recorder.hear(made.organisation, token)
            if found.data:
                given.update(payloads(found))
            return found

        def spoken() -> bool:
            switch.speak(20, fill=1)
            return bool(heard().data)

        until(spoken, 60)
        assert recorder.hear(made.organisation, elsewhere).over
        assert recorder.hear(made.organisation, b"a guess").over
        switch.offer("inactive")
        switch.speak(60, fill=101)
        heard()
        switch.offer("sendonly")
        until(spoken, 60)
        switch.end()
        until(lambda: bool(heard().over), 60)
        acts = [(entries.read_clear(one.clear), one.body) for one in desk.acts(made.organisation, -1, 5000)]
        with pytest.raises(RefusedError):
            begun(desk, made, holder, "0" * 64, call)
    assert given
    assert all(payload[0] < 100 for payload in given), "nothing of a pause was given out"
    assert given <= {payload for stream in switch.sent for payload in stream}
    assert [clear.tag for clear, _ in acts].count(EventTag.MONITOR_STARTED) == 2
    ends = [
        entries.read_body(entries.MonitorEndBody, body)
        for clear, body in acts
        if clear.tag is EventTag.MONITOR_ENDED and clear.warrant == warrant
    ]
    assert [(end.call, end.heard > 0) for end in ends] == [(call, True)]
    assert made.verify()["faults"] == []

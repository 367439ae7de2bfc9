"""Completeness while it serves: an account of the switch comes in, and the gap is reported, alarmed and shown."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from muniment.core import clock
from muniment.vault.keyring import Keyring
from tests.installations import PASSPHRASE, Installation, found, free_port, until

COLUMNS = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
    "accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid\n"
)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = found(tmp_path, mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f"[calls.media]\nfirst_port = {free_port()}\nfree_disk = 0\nlast_port = 39999\n"
            f'[calls.assurance]\nzone = "UTC"\nhour = 0\n'
        )
    return made


def rows(installation: Installation, question: str, *values: object) -> list[tuple[object, ...]]:
    key = Keyring.unlock(installation.home, PASSPHRASE).catalogue_key()
    connection = dbapi2.connect(str(installation.home.catalogue), timeout=60)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        answer = list(connection.execute(question, values))
        connection.commit()
    finally:
        connection.close()
    return answer


def account(path: Path, day: datetime, calls: range) -> Path:
    """What the switch says of some calls of a day, none of which was recorded."""
    lines = "".join(
        f'{day:%Y-%m-%d} 10:{number:02}:00,"""Bo"" <01632960001>",01632960001,201,from-internal,PJSIP/trunk-1,'
        f"PJSIP/201-2,Dial,x,260,252,ANSWERED,3,,17723592{number:02}.15,,01632960500,,,,,,Asha,17723592{number:02}.14\n"
        for number in calls
    )
    path.write_text(COLUMNS + lines)
    os.utime(path, (1, 1))
    return path


def test_an_account_that_comes_in_is_reported_at_the_next_look(
    installation: Installation, tmp_path: Path
) -> None:
    yesterday = datetime.fromtimestamp(clock.seconds(), UTC) - timedelta(days=1)
    [(controller,)] = rows(
        installation, "SELECT person_id FROM people_roleassignment WHERE role = 'data_controller' LIMIT 1"
    )
    rows(  # only who has an account is told
        installation,
        "INSERT INTO people_account (email, person_id, is_active, date_joined, password) VALUES (?, ?, 1, ?, '!')",
        "controller@firm.example",
        controller,
        "2026-01-01 00:00:00",
    )
    reports = "SELECT gaps FROM governance_dayreport WHERE day = ? ORDER BY id"
    with installation.serving():
        for number, last in enumerate((1, 3), start=1):
            path = account(
                tmp_path / f"Master{number}.csv", yesterday, range(last if number == 1 else 1, last + 1)
            )
            done = installation.run("import", path, "--json")
            assert done.returncode == 0, done.stdout + done.stderr
            until(
                lambda wanted=last: (  # type: ignore[misc]  # a default binds it now
                    [row[0] for row in rows(installation, reports, f"{yesterday:%Y-%m-%d}")][-1:] == [wanted]
                ),
                seconds=180,
                pause=1.0,
            )
        told = rows(installation, "SELECT path FROM governance_notice WHERE person_id = ?", controller)
        assert (f"/calls/completeness/{yesterday:%Y-%m-%d}",) in told
        shown = installation.run("source", "report", "--day", f"{yesterday:%Y-%m-%d}", "--json")
        said = json.loads(shown.stdout)
        assert said["report"]["expected"] == 3
        assert said["ledger_sequence"] > 0
    assert installation.verify()["faults"] == []

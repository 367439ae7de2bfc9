"""In how many calls each notice was heard: whole figures, without test calls and without erased ones."""

from muniment.catalogue.models import CallDetail, Record
from muniment.governance import heard_notices
from tests.governance.house import House


def a_call(
    house: House, number: int, *, hundredths: int = 0, state: str = "played", **record: object
) -> None:
    """A row of a call as intake writes it, with a likeness of its notice."""
    fields: dict[str, object] = {
        "id": f"rec_{number:032x}", "organisation": house.organisation, "sequence": 9000 + number, "channel": "call",
        "form": "siprec", "source": "sbc", "received": 1_790_000_000 + number, "sent": 1_790_000_000 + number,
        "subject": "Call", "size": 1, "sha256": "", "thread": "", "message_digest": "", "attachments": 0, "markings": "",
        "marked_private": False, "defects": "", "unreadable": "",
    }  # fmt: skip
    row = Record.objects.create(**{**fields, **record})
    CallDetail.objects.create(
        record=row, organisation=house.organisation, global_id="", direction="inbound", queue="", extension="",
        answered=0, ended=0, talk_seconds=0, seconds=9, notice=state, masked_ms=0, mos_hundredths=0, lost=0, streams=2,
        holds=0, keys_pressed=False, sound="", parts="", notice_name="welcome", notice_version=2, notice_language="cy",
        notice_hundredths=hundredths,
    )  # fmt: skip


def test_each_version_has_its_calls_and_how_surely_it_was_heard(house: House) -> None:
    a_call(house, 1, hundredths=73)
    a_call(house, 2, hundredths=98)
    a_call(house, 3, hundredths=20, markings="test")
    a_call(house, 4, hundredths=30, erased_at=1_790_000_100)
    a_call(house, 5, state="unknown")
    found = heard_notices.heard(house.organisation)
    assert list(found) == [("welcome", 2, "cy")]
    [one] = found.values()
    assert (one.calls, one.least, one.most) == (2, 0.73, 0.98)
    assert int(one.last.timestamp()) == 1_790_000_002
    assert heard_notices.heard("org_other") == {}

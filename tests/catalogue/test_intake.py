"""A batch becomes rows once, whole or not at all."""

import pytest
from django.db import connection

from muniment.catalogue import acts, intake, records
from muniment.catalogue.models import Attachment, LedgerEntry, Record, RecordParty, ThreadMessage
from muniment.catalogue.records import Sight
from muniment.core.tags import EventTag
from muniment.readers.mail import Attachment as MailAttachment
from muniment.readers.mail import Mail, Party
from muniment.vault.messages import Examined
from tests.catalogue.samples import ORGANISATION, WHEN, action, batch, mail, record

pytestmark = pytest.mark.django_db


def counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Record, RecordParty, Attachment, LedgerEntry, ThreadMessage)
    )


def test_records_parties_attachments_and_acts_become_rows() -> None:
    one = record(3)
    full = mail(
        "a", "b", attachments=(MailAttachment("a.csv", "text/csv", 3, "ff", "2"),), defects=("A defect.",)
    )
    intake.take_in(
        ORGANISATION, batch(one, action(4, "search:records:located", {"person": "per_x"})), {one.record: full}
    )
    assert counts() == (1, 2, 1, 1, 2)
    row = Record.objects.get()
    assert (row.sequence, row.channel, row.form, row.source, row.size) == (
        3,
        "e-mail",
        "smtp",
        "journal",
        100,
    )
    assert row.sent == int(WHEN.timestamp())
    assert intake.watermark(ORGANISATION) == 4


def test_the_same_batch_again_changes_nothing() -> None:
    one, two = record(0), record(1)
    delivered = batch(one, two, action(2, "vault:records:examined"))
    mails = {one.record: mail("a"), two.record: mail("b", "a", marking=("private",))}
    assert intake.take_in(ORGANISATION, delivered, mails) == (two.record,)
    before = counts()
    assert intake.take_in(ORGANISATION, delivered, mails) == ()
    assert counts() == before


def test_a_failure_in_the_middle_leaves_nothing_and_no_watermark(monkeypatch) -> None:
    one = record(0)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(intake, "entry_row", fail)
    with pytest.raises(RuntimeError):
        intake.take_in(ORGANISATION, batch(one, action(1, "vault:records:examined")), {one.record: mail()})
    assert counts() == (0, 0, 0, 0, 0)
    assert intake.watermark(ORGANISATION) == -1


def test_the_hot_path_asks_the_database_a_fixed_number_of_times(django_assert_max_num_queries) -> None:
    entries = [record(number) for number in range(500)]
    mails = {entry.record: mail(f"m{entry.seq}", "m0") for entry in entries}
    with django_assert_max_num_queries(16):
        intake.take_in(ORGANISATION, batch(*entries), mails)


@pytest.mark.parametrize("together", [True, False])
def test_an_erasure_takes_everything_but_the_fact(together: bool) -> None:
    one, other = record(0), record(1)
    mails = {one.record: mail("a", text="x"), other.record: mail("b", "a")}
    order = action(2, EventTag.RECORD_ERASED, record=one.record)
    if together:
        intake.take_in(ORGANISATION, batch(one, other, order), mails)
    else:
        intake.take_in(ORGANISATION, batch(one, other), mails)
        assert intake.erased_in(ORGANISATION, batch(order))[0].sequence == 0
        intake.take_in(ORGANISATION, batch(order), {})
    left = records.record(ORGANISATION, one.record, Sight.FULL)
    assert left is not None
    assert left.erased_at
    assert (left.subject, left.source, left.sha256, left.parties, left.attachment_count) == (
        "",
        "",
        "",
        (),
        0,
    )
    stays = records.record(ORGANISATION, other.record, Sight.FULL)
    assert stays is not None
    assert stays.subject == "Price list"
    assert records.about(ORGANISATION, ["ann@x.org"], Sight.FULL).total == 1


def test_the_last_record_of_a_conversation_takes_its_message_ids_with_it() -> None:
    one = record(0)
    intake.take_in(ORGANISATION, batch(one), {one.record: mail("a", "b")})
    assert ThreadMessage.objects.count() == 2
    intake.take_in(ORGANISATION, batch(action(1, EventTag.RECORD_ERASED, record=one.record)), {})
    assert ThreadMessage.objects.count() == 0


def test_what_was_erased_does_not_come_back_with_a_late_delivery() -> None:
    one = record(0)
    intake.take_in(ORGANISATION, batch(one), {one.record: mail("a")})
    intake.take_in(ORGANISATION, batch(action(1, EventTag.RECORD_ERASED, record=one.record)), {})
    intake.take_in(ORGANISATION, batch(one), {one.record: mail("a")})
    left = records.record(ORGANISATION, one.record, Sight.FULL)
    assert left is not None
    assert (left.subject, left.parties) == ("", ())


def test_erased_before_it_was_met_is_known_as_held_once() -> None:
    gone = record(5, erased=True)
    intake.take_in(ORGANISATION, batch(gone), {})
    left = records.record(ORGANISATION, gone.record, Sight.FULL)
    assert left is not None
    assert (left.sequence, left.subject) == (5, "")
    assert left.erased_at is not None


def test_another_organisations_erasure_touches_nothing_here() -> None:
    one = record(0)
    intake.take_in(ORGANISATION, batch(one), {one.record: mail("a")})
    intake.take_in("org_other", batch(action(1, EventTag.RECORD_ERASED, record=one.record)), {})
    left = records.record(ORGANISATION, one.record, Sight.FULL)
    assert left is not None
    assert left.erased_at is None
    assert len(left.parties) == 2


@pytest.mark.parametrize(
    ("body", "actor"),
    [
        ({"person": "per_a"}, "per_a"),
        ({"person": "per_a", "by": "per_b"}, "per_b"),
        ({"facts": {"actor": "per_c"}}, "per_c"),
        ({"person": 7}, ""),
        ({}, ""),
    ],
)
def test_who_did_it_is_read_from_the_body(body, actor: str) -> None:
    intake.take_in(ORGANISATION, batch(action(0, "people:role:changed", body)), {})
    assert acts.acts(ORGANISATION).acts[0].actor == actor


@pytest.mark.parametrize(
    "text", ["nul \x00 inside", "\u202e reversed", "😀" * 1000, "a' OR 1=1; --", "100%s %(id)s"]
)
def test_odd_text_is_kept_as_it_is(text: str) -> None:
    one = record(0)
    intake.take_in(
        ORGANISATION, batch(one), {one.record: mail("a", subject=text, parties=(Party("from", text, text),))}
    )
    shown = records.record(ORGANISATION, one.record, Sight.FULL)
    assert shown is not None
    assert shown.subject == text
    assert shown.parties[0].address == text


def test_a_record_of_unknown_statement_is_still_held() -> None:
    odd = Examined(0, 1, record(0).record, statement=b"no json", original=b"x")
    intake.take_in(ORGANISATION, batch(odd), {odd.record: Mail(unreadable="No mail.")})
    assert records.totals(ORGANISATION) == records.Totals(1, 0, 1)


def test_nothing_is_taken_at_first() -> None:
    assert intake.watermark(ORGANISATION) == intake.NOTHING_TAKEN
    assert connection.vendor == "sqlite"

"""Conversations by reference, messages by content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.catalogue import intake, queries, records
from muniment.catalogue.queries import Name
from muniment.catalogue.records import Sight
from muniment.catalogue.threads import message_digest, messages_of
from muniment.core import ids as ids_of
from muniment.core.ids import Prefix
from muniment.readers.mail import Attachment, Mail, Party
from tests.catalogue.samples import ORGANISATION, batch, mail, record

pytestmark = pytest.mark.django_db


def taken(
    *mails: Mail, each_alone: bool = False, organisation: str = ORGANISATION, start: int = 0
) -> list[str]:
    """Take mails in, in one batch or one by one; gives their record ids."""
    entries = [record(start + number) for number in range(len(mails))]
    groups = [[entry] for entry in entries] if each_alone else [entries]
    by_id = {entry.record: each for entry, each in zip(entries, mails, strict=True)}
    for group in groups:
        intake.take_in(organisation, batch(*group), {entry.record: by_id[entry.record] for entry in group})
    return [entry.record for entry in entries]


def threads(ids: list[str]) -> list[str]:
    return [each.thread for each in records.records(ORGANISATION, ids, Sight.FULL)]


@pytest.mark.parametrize("each_alone", [True, False])
def test_an_answer_belongs_to_what_it_answers(each_alone: bool) -> None:
    ids = taken(mail("a"), mail("b", "a"), mail("c", "a", "b"), mail("z"), each_alone=each_alone)
    one, two, three, other = threads(ids)
    assert one == two == three == ids[0]
    assert other == ids[3]
    assert [each.id for each in records.thread(ORGANISATION, one, Sight.FULL)] == ids[:3]


@pytest.mark.parametrize("each_alone", [True, False])
def test_answers_meet_though_what_they_answer_is_not_held(each_alone: bool) -> None:
    one, two = threads(taken(mail("b", "missing"), mail("c", "missing"), each_alone=each_alone))
    assert one == two


@pytest.mark.parametrize("each_alone", [True, False])
def test_a_message_that_names_two_conversations_makes_them_one(each_alone: bool) -> None:
    ids = taken(mail("a"), mail("b"), mail("c", "a", "b"), mail("d", "b"), each_alone=each_alone)
    assert len(set(threads(ids))) == 1


def test_mail_without_a_message_id_stands_alone() -> None:
    assert len(set(threads(taken(mail(), mail(), each_alone=True)))) == 2


def test_conversations_of_two_organisations_never_meet() -> None:
    (here,) = taken(mail("a"))
    (there,) = taken(mail("b", "a"), organisation="org_other")
    assert threads([here]) == [here]
    (other,) = records.records("org_other", [there], Sight.FULL)
    assert other.thread == there


@given(
    st.lists(st.tuples(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3)), min_size=1, max_size=7),
    st.data(),
)
def test_the_order_and_the_batches_make_no_difference(plan, data) -> None:
    mails = [mail(f"m{own}", *(f"m{reference}" for reference in references)) for own, references in plan]
    organisation = ids_of.new(Prefix.ORGANISATION)  # the database is not emptied between examples
    order = data.draw(st.permutations(range(len(mails))))
    ids = taken(
        *(mails[place] for place in order), each_alone=data.draw(st.booleans()), organisation=organisation
    )
    found = [each.thread for each in records.records(organisation, ids, Sight.FULL)]
    placed = dict(zip(order, found, strict=True))
    groups = components(mails)
    for one in range(len(mails)):
        for other in range(len(mails)):
            assert (placed[one] == placed[other]) == (groups[one] == groups[other])


def components(mails: list[Mail]) -> list[int]:
    """Plain union of everything that shares a Message-ID."""
    group = list(range(len(mails)))
    for _ in mails:
        for one, first in enumerate(mails):
            for other, second in enumerate(mails):
                if set(messages_of(first)) & set(messages_of(second)):
                    low = min(group[one], group[other])
                    group = [low if each in {group[one], group[other]} else each for each in group]
    return group


def test_copies_have_one_digest_whatever_their_way_added() -> None:
    sent = mail("a", headers=(("Received", "one"),))
    delivered = mail(
        "a",
        headers=(("Received", "two"), ("X-Spam", "no")),
        parties=(*sent.parties, Party("envelope-to", "eve@x.org")),
    )
    assert message_digest(sent) == message_digest(delivered)


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "Other"},
        {"text": "other"},
        {"date": None},
        {"parties": (Party("from", "eve@x.org"),)},
        {"attachments": (Attachment("a", "text/plain", 1, "ff", "2"),)},
    ],
)
def test_another_message_that_borrows_a_message_id_is_another(changed) -> None:
    assert message_digest(mail("a")) != message_digest(mail("a", **changed))
    ids = taken(mail("a"), mail("a", **changed))
    assert all(not each.copies for each in records.records(ORGANISATION, ids, Sight.FULL))
    assert len(set(threads(ids))) == 1


def test_fields_cannot_run_into_each_other() -> None:
    assert message_digest(mail("ab", subject="c")) != message_digest(mail("a", subject="bc"))


def test_what_cannot_be_read_is_no_copy_of_anything() -> None:
    ids = taken(Mail(unreadable="No mail."), Mail(unreadable="No mail."))
    assert all(not each.copies for each in records.records(ORGANISATION, ids, Sight.FULL))


def test_message_ids_are_kept_as_digests_only() -> None:
    taken(mail("nightjar@x.org"))
    rows = queries.rows(
        Name.THREADS_OF,
        {"organisation": ORGANISATION, "messages": queries.listed(messages_of(mail("nightjar@x.org")))},
    )
    assert len(rows) == 1
    assert "nightjar" not in str(rows)

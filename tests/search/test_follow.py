"""The worker's step: what is sealed is catalogued and indexed, whatever dies in between."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.catalogue import acts, intake, records
from muniment.catalogue.records import Sight
from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.search import follow
from muniment.vault import messages as ask
from muniment.vault.authority.statements import Action
from muniment.vault.backup.restoring import restore
from muniment.vault.keyring import Keyring
from tests.search.samples import Finding, every_byte, finding_at, mail, readable_forms
from tests.vault.backup.conftest import Backups
from tests.vault.firm import PASSPHRASE, Firm

STEPS = ("batch", "read", "marked", "catalogued", "indexed")
CANARY = "nightjarzwölf7731"


class KilledError(Exception):
    """Stands for kill -9 at a step: nothing after it happens."""


def test_what_is_sealed_can_be_found_and_shown(finding: Finding) -> None:
    (sent,) = finding.seal(mail("Price list", "The parcel was refunded.", attachment="prices.csv"))
    finding.follow_all()
    assert finding.locate("refund filename:prices").ids == (sent,)
    shown = records.record(finding.organisation, sent, Sight.FULL)
    assert shown is not None
    assert (shown.subject, shown.attachment_count, shown.channel, shown.form) == (
        "Price list",
        1,
        "e-mail",
        "smtp",
    )
    assert {party.address for party in shown.parties} >= {"ann@example.com", "bob@supplier.co.uk"}


def test_a_step_says_what_it_did_and_when_there_is_nothing_left(finding: Finding) -> None:
    finding.seal(mail(), mail("Private: my leave"), b"\x00 no mail at all \xff")
    first = finding.follow()
    assert (first.records, first.marked_private) == (3, 1)
    assert first.unreadable == 1
    finding.follow_all()
    assert finding.follow().idle


def test_acts_become_entries_that_people_can_list(finding: Finding) -> None:
    (sealed,) = finding.seal(mail())
    finding.follow_all()
    finding.locate("refund")
    finding.follow_all()
    (search,) = acts.acts(finding.organisation, tags=(EventTag.SEARCH_MADE,)).acts
    assert search.actor == finding.firm.controller.id
    assert search.detail("query") == "refund"
    assert sealed not in search.details


def test_a_private_record_reaches_the_keeper_before_it_can_be_found(finding: Finding) -> None:
    (private,) = finding.seal(mail(Sensitivity="Private"))
    with pytest.raises(KilledError):
        finding.follow(step=stop_after("marked"))
    assert finding.firm.books.private
    assert finding.locate("refund").total == 0
    finding.follow_all()
    shown = records.record(finding.organisation, private, Sight.SUBJECTS)
    assert shown is not None
    assert shown.marked_private
    assert shown.subject is None


def domain(finding: Finding, tag: EventTag, name: str) -> None:
    finding.firm.do(ask.Append(finding.organisation, ask.Act(tag=tag, body={"domain": name})))


@pytest.mark.parametrize("step", STEPS)
def test_what_fits_nobody_is_found_by_nobody_until_its_domain_is_assigned(
    finding: Finding, step: str
) -> None:
    apart, private = finding.seal(mail(), mail(Sensitivity="Private"), unmatched=True)
    (other,) = finding.seal(mail(to="x@elsewhere.example"), unmatched=True, envelope={"from": "", "to": []})
    (fits,) = finding.seal(mail())
    finding.follow_all()
    assert finding.locate("refund").ids == (fits,)
    assert finding.locate("*").total == 1
    everybody = ["ann@example.com", "bob@supplier.co.uk"]
    assert records.about(finding.organisation, everybody, Sight.FULL).total == 1
    assert records.records(finding.organisation, [apart, private, other], Sight.METADATA) == ()
    assert records.record(finding.organisation, fits, Sight.FULL).copies == ()  # type: ignore[union-attr]
    assert records.set_apart(finding.organisation).total == 3
    assert dict(records.set_apart(finding.organisation).domains)["supplier.co.uk"] == 2
    domain(finding, EventTag.DOMAIN_ASSIGNED, "supplier.co.uk")
    (late,) = finding.seal(mail("Late", "late refund"), unmatched=True)  # capture had not heard of it yet
    with pytest.raises(KilledError):
        finding.follow(step=stop_after(step))
    finding.restart_librarian()
    finding.follow_all()
    assert set(finding.locate("refund").ids) == {apart, private, fits, late}
    assert records.record(finding.organisation, private, Sight.SUBJECTS).subject is None  # type: ignore[union-attr]
    assert records.set_apart(finding.organisation).total == 1
    domain(finding, EventTag.DOMAIN_ENDED, "supplier.co.uk")
    (after,) = finding.seal(mail("After", "refund after"), unmatched=True)
    finding.follow_all()
    assert after not in finding.locate("refund").ids


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_is_mended_by_delivering_again(finding: Finding, step: str) -> None:
    sealed = finding.seal(mail("One", "first refund"), mail("Two", "second refund", Sensitivity="Private"))
    with pytest.raises(KilledError):
        finding.follow(step=stop_after(step))
    finding.restart_librarian()
    finding.follow_all()
    assert set(finding.locate("refund").ids) == set(sealed)
    assert records.totals(finding.organisation).records == 2
    shown = records.records(finding.organisation, sealed, Sight.FULL)
    assert [len(each.parties) for each in shown] == [3, 3]
    marks = [act for act in acts.acts(finding.organisation).acts if act.tag == EventTag.RECORD_MARKED_PRIVATE]
    assert len(marks) == 1


@pytest.mark.django_db(transaction=True)
@settings(max_examples=8)
@given(st.lists(st.sampled_from([*STEPS, "none", "seal", "erase", "librarian"]), max_size=8))
def test_no_interleaving_of_crashes_loses_or_doubles_a_record(tmp_path_factory, plan: list[str]) -> None:
    path = tmp_path_factory.mktemp("finding")
    firm = Firm(path)
    with finding_at(firm, path) as finding:
        sealed = finding.seal(mail("First", "the refund"))
        erased: set[str] = set()
        for number, act in enumerate(plan):
            match act:
                case "seal":
                    sealed += finding.seal(mail(f"Mail {number}", "the refund"))
                case "erase" if set(sealed) - erased:
                    record = next(each for each in sealed if each not in erased)
                    firm.erase(firm.erasure_warrant(record), record)
                    erased.add(record)
                case "librarian":
                    finding.restart_librarian()
                case "none":
                    finding.follow(limit=3)
                case step if step in STEPS:
                    try:
                        finding.follow(limit=3, step=stop_after(step))
                    except KilledError:
                        finding.restart_librarian()
        finding.follow_all()
        assert set(finding.locate("refund").ids) == set(sealed) - erased
        totals = records.totals(finding.organisation)
        assert (totals.records, totals.erased) == (len(sealed), len(erased))
        assert intake.watermark(finding.organisation) == finding.doors.state(finding.organisation).watermark
    firm.keeper.close()


def test_an_erased_record_leaves_only_that_it_was_held(finding: Finding) -> None:
    gone, stays = finding.seal(
        mail(
            f"About {CANARY}",
            f"text {CANARY}",
            by=f"{CANARY} <{CANARY}@example.com>",
            attachment=f"{CANARY}.csv",
        ),
        mail("Price list", "the refund"),
    )
    finding.follow_all()
    assert finding.locate(CANARY).ids == (gone,)
    finding.firm.erase(finding.firm.erasure_warrant(gone), gone)
    (done,) = [step for step in finding.follow_all() if step.erased]
    assert done.erased == 1
    for query in (CANARY, f"subject:{CANARY}", f"from:{CANARY}", f"filename:{CANARY}", f"{CANARY[:5]}*"):
        assert finding.locate(query).total == 0
    left = records.record(finding.organisation, gone, Sight.FULL)
    assert left is not None
    assert left.erased_at is not None
    assert (left.subject, left.parties, left.attachments, left.sha256) == ("", (), (), "")
    assert finding.locate("refund").ids == (stays,)


def test_a_record_erased_before_it_was_followed_is_known_as_erased(finding: Finding) -> None:
    (gone,) = finding.seal(mail("About it", "the refund"))
    finding.firm.erase(finding.firm.erasure_warrant(gone), gone)
    finding.follow_all()
    left = records.record(finding.organisation, gone, Sight.FULL)
    assert left is not None
    assert left.erased_at
    assert finding.locate("refund").total == 0


def test_no_word_of_a_record_is_readable_under_the_home(finding: Finding) -> None:
    finding.seal(
        mail(
            f"About {CANARY}",
            f"text {CANARY}",
            by=f"{CANARY} <a{CANARY}@example.com>",
            attachment=f"{CANARY}.csv",
        )
    )
    finding.follow_all()
    assert finding.locate(CANARY).total == 1
    held = every_byte(finding.firm.home.path)
    assert (finding.firm.home.search(finding.organisation) / "index" / "manifest").exists()
    forms = [
        *readable_forms(CANARY),
        *readable_forms("nightjarzwoelf"),
        b"nightjar",
        b"meta.json",
        b"segment_id",
    ]
    assert not [form for form in forms if form in held]


def test_a_keeper_or_librarian_that_is_away_changes_nothing(finding: Finding) -> None:
    (sealed,) = finding.seal(mail())

    def away(*_: object, **__: object) -> None:
        raise NotAvailableError("The librarian does not answer.")

    finding.doors.take = away  # type: ignore[method-assign]
    with pytest.raises(NotAvailableError):
        finding.follow()
    finding.restart_librarian()
    finding.follow_all()
    assert finding.locate("refund").ids == (sealed,)


def rebuild_warrant(finding: Finding) -> None:
    text = finding.firm.warrant([], actions=[Action.REBUILD], purpose="index")
    finding.firm.admit(text, [])


def test_a_lost_index_is_rebuilt_only_under_a_warrant(finding: Finding) -> None:
    sealed = finding.seal(*(mail(f"Mail {number}", "the refund") for number in range(6)))
    finding.follow_all(limit=3)
    before = records.totals(finding.organisation), intake.watermark(finding.organisation)
    shutil.rmtree(finding.firm.home.search(finding.organisation))
    finding.restart_librarian()
    with pytest.raises(RefusedError, match="rebuild warrant"):
        finding.follow()
    rebuild_warrant(finding)
    finding.follow_all(limit=3)
    assert set(finding.locate("refund").ids) == set(sealed)
    assert records.totals(finding.organisation) == before[0]
    assert intake.watermark(finding.organisation) >= before[1]


def test_everything_derived_can_be_made_again(finding: Finding) -> None:
    sealed = finding.seal(
        mail("One", "the refund", attachment="a.csv"), mail("Two", "the refund", Sensitivity="Private")
    )
    finding.firm.erase(finding.firm.erasure_warrant(sealed[0]), sealed[0])
    finding.follow_all()
    shown = records.records(finding.organisation, sealed, Sight.FULL)
    rebuild_warrant(finding)
    follow.begin_again(finding.organisation, finding.doors)
    assert records.totals(finding.organisation) == records.Totals(0, 0, 0)
    finding.follow_all(limit=4)
    assert records.records(finding.organisation, sealed, Sight.FULL) == shown
    assert finding.locate("refund").ids == (sealed[1],)


def stop_after(name: str):
    """A step that dies after the one of this name."""

    def step(done: str) -> None:
        if done == name:
            raise KilledError

    return step


def test_after_a_restore_catalogue_and_index_are_made_anew_without_a_warrant(
    finding: Finding, tmp_path: Path
) -> None:
    stays, gone = finding.seal(mail("One", "the refund"), mail("Two", "the refund"))
    finding.follow_all()
    backups = Backups(finding.firm, tmp_path / "backup")
    finding.firm.erase(finding.firm.erasure_warrant(gone), gone)  # the rows do not know of it yet
    backups.make()
    home = Home(tmp_path / "restored")
    assert restore(backups.where, home, PASSPHRASE, now=finding.firm.clock.time).faults == ()
    finding.firm.home, finding.firm.keyring = home, Keyring.unlock(home, PASSPHRASE)
    finding.firm.restart()
    finding.restart_librarian()
    finding.follow_all()
    assert finding.locate("refund").ids == (stays,)
    totals = records.totals(finding.organisation)
    assert (totals.records, totals.erased) == (2, 1)
    left = records.record(finding.organisation, gone, Sight.FULL)
    assert left is not None
    assert not left.subject

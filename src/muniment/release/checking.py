"""Checks of the vault that people ask for: without keys, as a stranger would make them, by the worker.

A row is claimed by one conditional update, so that two workers never make the same check; one whose
worker died is taken up again.
"""

from datetime import timedelta
from typing import Final

import structlog
from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.errors import MunimentError, NotAvailableError
from muniment.core.home import Home
from muniment.governance import entities
from muniment.governance.authorisation import Action, require
from muniment.governance.views import PersonName
from muniment.people.views import PersonView
from muniment.release.models import Check
from muniment.release.views import CheckView, FaultView
from muniment.vault import shards
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier
from muniment.vault.layout import Layout
from muniment.vault.verify import Report, verify

_log = structlog.get_logger(__name__)

DIED: Final = timedelta(minutes=10)
"""A check that has said nothing for so long has lost its worker."""
SAY_EVERY: Final = timedelta(seconds=1)
MOST_FAULTS: Final = 200
"""Faults that a row keeps; `muniment verify` lists all."""


def ask(actor: PersonView) -> CheckView:
    """Ask for a check of the actor's organisation; the one that waits or runs already, if there is one."""
    require(entities.person(actor), Action.SEE_ACTS, entities.organisation(actor.organisation))
    under_way = _rows(actor.organisation).filter(finished__isnull=True).first()
    return _view(
        under_way
        or Check.objects.create(organisation_id=actor.organisation, asked_by_id=actor.id, asked=clock.now())
    )


def latest(organisation: str, *, finished: bool = False) -> CheckView | None:
    """The newest check of an organisation, or its newest that has ended; None if there is none."""
    rows = _rows(organisation)
    row = (rows.filter(finished__isnull=False) if finished else rows).first()
    return _view(row) if row else None


def history(actor: PersonView, limit: int = 20) -> tuple[CheckView, ...]:
    """The last checks, newest first."""
    require(entities.person(actor), Action.SEE_ACTS, entities.organisation(actor.organisation))
    return tuple(_view(row) for row in _rows(actor.organisation)[:limit])


def checkpoint(home: Home, organisation: str) -> tuple[Checkpoint, int, int] | None:
    """The signed head of the organisation's log, when it was published, and how many entries are signed in all.

    The head is that of the newest shard. None where one cannot be read.
    """
    layouts = tuple(shards.layouts(home.vault(organisation)).values())
    try:
        heads = [_head(layout) for layout in layouts]
        published = int(layouts[-1].checkpoint.stat().st_mtime)
        return heads[-1], published, sum(head.size for head in heads)
    except (OSError, UnicodeDecodeError, MunimentError):
        return None


def _head(layout: Layout) -> Checkpoint:
    key = LedgerVerifier.parse(layout.ledger_key.read_bytes().decode())
    return key.open(layout.checkpoint.read_bytes().decode())


def waiting() -> bool:
    """Whether a check waits for a worker."""
    return _claimable().exists()


def run_waiting(home: Home) -> int:
    """Make every check that waits; how many. What cannot be made is said in its row."""
    made = 0
    while (row := _claimable().order_by("asked").first()) is not None:
        now = clock.now()
        if _claimable().filter(pk=row.pk).update(started=now, asked=row.asked):
            _run(home, Check.objects.get(pk=row.pk))
            made += 1
    return made


def _claimable() -> QuerySet[Check]:
    lost = Q(started__lt=clock.now() - DIED)
    return Check.objects.filter(Q(started__isnull=True) | lost, finished__isnull=True)


def _run(home: Home, row: Check) -> None:
    said = [clock.now()]

    def progress(done: int, total: int) -> None:
        now = clock.now()
        if now - said[0] >= SAY_EVERY or done == total:
            said[0] = now
            Check.objects.filter(pk=row.pk).update(done_bytes=done, total_bytes=total)

    try:
        report = verify(home.vault(row.organisation_id), row.organisation_id, progress=progress)
    except (MunimentError, OSError) as error:
        _log.warning("check failed", check=row.pk, error=type(error).__name__)
        why = (
            str(error)
            if isinstance(error, MunimentError)
            else str(NotAvailableError("A file cannot be read."))
        )
        Check.objects.filter(pk=row.pk).update(finished=clock.now(), trouble=why)
        return
    _keep(row, report)


def _keep(row: Check, report: Report) -> None:
    Check.objects.filter(pk=row.pk).update(
        finished=clock.now(),
        records=report.records,
        leaves=report.leaves,
        faults=[
            {"kind": str(fault.kind), "record": fault.record, "advice": fault.advice}
            for fault in report.faults[:MOST_FAULTS]
        ],
        notes=list(report.notes),
    )


def _rows(organisation: str) -> QuerySet[Check]:
    return Check.objects.filter(organisation_id=organisation).select_related("asked_by")


def _view(row: Check) -> CheckView:
    by = row.asked_by
    return CheckView(
        id=row.pk,
        asked=row.asked,
        asked_by=PersonName(by.id, by.name) if by else PersonName("", ""),
        started=row.started,
        finished=row.finished,
        share=min(100, 100 * row.done_bytes // row.total_bytes) if row.total_bytes else 0,
        records=row.records,
        leaves=row.leaves,
        faults=tuple(FaultView(**fault) for fault in row.faults),
        notes=tuple(row.notes),
        trouble=row.trouble,
    )

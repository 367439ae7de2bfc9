"""The comparison of rows with the ledger, with the rows of this room added: what `muniment verify` runs."""

from muniment.governance import compare as governance
from muniment.governance.compare import RowFault
from muniment.governance.desk import Desk
from muniment.release.models import Attendance, Certificate, Redaction


def compare(desk: Desk, organisation: str) -> tuple[RowFault, ...]:
    """Every fault between the rows of governance and release and one organisation's ledger."""
    return governance.compare(desk, organisation, (*governance.KINDS, Attendance, Certificate, Redaction))

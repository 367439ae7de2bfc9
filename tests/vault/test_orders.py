"""Only an erasure order that is one counts as one: a key hangs on it."""

import pytest

from muniment.core import canonical
from muniment.core.ids import RecordId, record_text
from muniment.core.tags import EventTag
from muniment.vault.orders import erased_record

RECORD = RecordId(bytes(range(16)))  # fixed: it stands in the names of tests


def test_an_order_names_its_record():
    clear = canonical.dumps({"tag": EventTag.RECORD_ERASED, "time": 1, "record": record_text(RECORD)})
    assert erased_record(clear) == RECORD


@pytest.mark.parametrize(
    "clear",
    [
        b"",
        b"vault:record:erased",
        canonical.dumps({"tag": EventTag.RECORD_OPENED, "record": record_text(RECORD)}),
        canonical.dumps(
            {"tag": EventTag.RECORD_OPENED, "rule": EventTag.RECORD_ERASED, "record": record_text(RECORD)}
        ),
        canonical.dumps({"tag": EventTag.RECORD_ERASED}),
        canonical.dumps({"tag": EventTag.RECORD_ERASED, "record": "rec_nonsense"}),
        canonical.dumps(["vault:record:erased"]),
        b'{"tag": "vault:record:erased", "record": "' + record_text(RECORD).encode() + b'"}',
    ],
)
def test_anything_else_is_no_order(clear: bytes):
    assert erased_record(clear) is None

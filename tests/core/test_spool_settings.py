"""Settings of recordings that come as files."""

import pytest
from pydantic import ValidationError

from muniment.core import settings
from muniment.core.home import Home
from muniment.core.spool_settings import SpoolSettings


def test_a_folder_is_looked_at_and_left_as_it_is_unless_told_otherwise(home: Home) -> None:
    home.settings.write_text(
        '[[calls.spool]]\norganisation = "org_a"\npath = "/var/spool/monitor"\nkind = "asterisk"\n'
    )
    (spool,) = settings.load(home).calls.spool
    assert (spool.kind, spool.after, spool.every, spool.rest, spool.patience) == (
        "asterisk",
        "keep",
        30,
        10,
        600,
    )


@pytest.mark.parametrize(
    "odd", [{"after": "move"}, {"moved_to": "/x"}, {"kind": "wax"}, {"every": 0}, {"source": "Not Good"}]
)
def test_what_makes_no_sense_is_refused(odd: dict) -> None:
    with pytest.raises(ValidationError):
        SpoolSettings(organisation="org_a", path="/x", **odd)

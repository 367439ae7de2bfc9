"""What a person sees of an import."""

import pytest

from muniment.capture.tally import Progress
from muniment.cli.import_shown import shown


def test_what_could_not_be_read_is_named_on_the_side_and_the_line_goes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown("recordings") as line:
        line.progress(Progress(1, 2, 3, 4.0))
        line.refused("/srv/[odd].wav", "cannot be read")
    seen = capsys.readouterr()
    assert seen.out == ""
    assert "Not read: /srv/[odd].wav: cannot be read" in seen.err

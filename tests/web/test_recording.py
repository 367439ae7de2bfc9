"""What is and is not recorded here."""

from muniment.web.recording import CHANNELS


def test_only_what_is_built_says_that_it_records() -> None:
    assert [channel.name for channel in CHANNELS if channel.recorded] == ["E-mail"]
    assert all(channel.words for channel in CHANNELS)

"""Settings of calls."""

from muniment.core.call_settings import CallSettings


def test_without_a_word_no_call_comes_from_anywhere() -> None:
    assert CallSettings().spool == ()
    assert CallSettings().mapping == ()

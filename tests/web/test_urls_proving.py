"""Addresses of proving."""

from muniment.web.urls_proving import MACHINE, PROVING


def test_each_has_a_name_of_its_own() -> None:
    names = [pattern.name for pattern in (*PROVING, *MACHINE)]
    assert None not in names
    assert len(set(names)) == len(names)

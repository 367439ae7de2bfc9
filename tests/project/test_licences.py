"""Every package has a licence that somebody has looked at, and the page says so."""

import pytest

from tools import licences


def test_the_page_is_what_the_packages_say() -> None:
    assert licences.TABLE.read_text() == licences.page(licences.every_package())


def test_no_package_has_a_licence_that_binds_the_whole() -> None:
    assert not licences.refused(licences.every_package())


@pytest.mark.parametrize(
    "licence", ["MIT", "MIT OR GPL-2.0-only", "BSD-2-Clause AND MPL-2.0", "(MIT OR CC0-1.0)"]
)
def test_a_choice_is_fine_when_one_of_its_licences_is(licence: str) -> None:
    assert licences.permitted(licence)


@pytest.mark.parametrize(
    "licence", ["", "UNKNOWN", "GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only"]
)
def test_what_binds_the_whole_or_says_nothing_is_refused(licence: str) -> None:
    assert not licences.permitted(licence)

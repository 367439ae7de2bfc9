"""Decoders that may be on the machine, and what is said where they are not."""

import pytest

from muniment.readers.calls import codecs, libraries
from muniment.readers.calls.errors import CallUnreadableError


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any of them."""
    monkeypatch.setattr(libraries, "_loaded", lambda _name: None)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["AMR", "AMR-WB", "G729"])
def test_where_one_is_absent_its_package_is_named(name: str) -> None:
    assert libraries.missing() == ("AMR", "AMR-WB", "G729")
    package = libraries.LIBRARIES[name.lower()].package
    assert f"{name} is recorded, but this machine has no decoder for it. Install {package}" in codecs.unheard(
        name
    )
    found = codecs.decoder(name, 8000)
    assert found is not None
    with pytest.raises(CallUnreadableError, match=package):
        found.decode([bytes(10)])


def test_what_needs_none_is_heard_and_what_nobody_knows_is_said() -> None:
    for name in ("PCMU", "opus", "L16", "telephone-event", "CN"):
        assert codecs.unheard(name) == ""
    assert codecs.unheard("EVS") == "EVS is recorded, and no decoder for it is known here."

"""What is shown once: links and shares, to be read, as pages, or as one document."""

import json
from pathlib import Path

import pytest

from muniment.cli.founded import authority_of, told
from muniment.core.errors import WrongUseError
from muniment.processes.founding import Founded
from muniment.vault import shares
from muniment.vault.authority import keyfile
from muniment.vault.setup import Authority, Enrolment, Founding, RecoveryShare

SHARES = tuple(
    RecoveryShare(name, shares.write(share))
    for name, share in zip(("Ann", "Bob"), shares.split(b"k" * 32, threshold=2, count=2), strict=True)
)
MADE = Founded(
    Founding(
        "org_a",
        "Firm",
        False,
        (Authority("per_a", "Ann"),),
        (Enrolment("per_a", "Ann", "tok"),),
        SHARES,
        SHARES,
    ),
    {"Bob": "his"},
)


def test_to_be_read() -> None:
    text = told(MADE, "https://records.example/", Path("/srv"), as_json=False, share_pages=False)
    assert "Ann: https://records.example/enrol/org_a/tok" in text
    assert "Bob: https://records.example/enrol/org_a/his" in text
    assert text.count(SHARES[0].text) == 2
    assert "the organisation's own key" in text


def test_as_pages_and_as_one_document() -> None:
    text = told(MADE, "https://records.example", Path("/srv"), as_json=False, share_pages=True)
    assert text.count("Recovery share 1, for Ann") == 2
    assert SHARES[0].text not in text
    document = json.loads(
        told(MADE, "https://records.example", Path("/srv"), as_json=True, share_pages=False)
    )
    assert document["recovery_shares"] == document["organisation_recovery_shares"]
    assert set(document["recovery_shares"]) == {"Ann", "Bob"}


def test_an_authority_brings_a_public_key(tmp_path: Path) -> None:
    private = keyfile.generate()
    keyfile.write(tmp_path / "ann", private)
    made = authority_of(f"Ann={tmp_path / 'ann.pub'}")
    assert made.key is not None
    assert (made.name, made.key.key) == ("Ann", private.key)
    with pytest.raises(WrongUseError):
        authority_of("Ann")

"""Real mail that lies beside the project and is no part of it, with the truth that other tools found."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail"


@pytest.fixture(scope="session")
def mail_samples() -> Path:
    """The folder of real mail."""
    if not FOLDER.is_dir():
        pytest.skip("This machine has no ../shared/data/mail beside the project.")
    return FOLDER


@pytest.fixture(scope="session")
def mail_truth(mail_samples: Path) -> dict[str, Any]:
    """What independent tools found in it."""
    truth: dict[str, Any] = json.loads((mail_samples / "expected.json").read_bytes())
    return truth

"""What every room's tests share: real input, a home to work in, a key that opens nothing but tests."""

from pathlib import Path

import pytest
from hypothesis import settings

from muniment.core.home import Home
from muniment.database import keys

pytest_plugins = ["tests.order", "tests.scratch", "tests.skips"]

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

TEST_KEY = b"a key that opens nothing but tes"
PASSPHRASE = b"correct horse battery staple"

# A machine that is busy is not a defect: how long an example takes is never judged.
settings.register_profile("muniment", deadline=None)
settings.load_profile("muniment")

keys.set_key(TEST_KEY)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real input that lies beside the project and is no part of it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("This machine has no ../shared/data beside the project.")
    return SHARED_DATA


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home directory of an installation."""
    path = tmp_path / "home"
    path.mkdir()
    return Home(path)


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    """A file with the passphrase of a test's installation."""
    path = tmp_path / "passphrase"
    path.write_bytes(PASSPHRASE + b"\n")
    return path

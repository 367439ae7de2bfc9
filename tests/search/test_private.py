"""A librarian for one command: started where none runs, left alone where one does."""

from pathlib import Path

from muniment.search.client import Librarian
from muniment.search.private import answers, private_librarian
from tests.search.running import running_at
from tests.vault.firm import Firm


def test_one_is_started_and_ended(firm: Firm) -> None:
    assert not answers(firm.home)
    with private_librarian(firm.home, firm.keyring.librarian_keys()), Librarian(firm.home) as librarian:
        assert librarian.state(firm.organisation).watermark == -1
    assert not answers(firm.home)
    assert not list(Path(firm.home.path, "run").glob("librarian*"))


def test_one_that_runs_is_used_and_left_running(firm: Firm) -> None:
    with running_at(firm) as running:
        with private_librarian(firm.home, firm.keyring.librarian_keys()):
            assert answers(firm.home)
        assert answers(firm.home)
        assert running.process.poll() is None

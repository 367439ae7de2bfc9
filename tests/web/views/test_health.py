"""For whoever watches the installation."""

from django.test import Client

from muniment.core.home import Home
from muniment.web import desk
from tests.town import Town


def test_it_says_which_part_does_not_answer(town: Town, nobody: Client, settings, tmp_path) -> None:
    assert nobody.get("/health").json() == {"ready": True, "database": True, "keeper": True}
    settings.HOME = Home(tmp_path)
    desk.desk.cache_clear()
    answer = nobody.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": True, "keeper": False})

"""Where the home is, and what a person has set about the site."""

import os
from pathlib import Path
from typing import Final

from muniment.core import settings
from muniment.core.call_settings import CallSettings
from muniment.core.home import Home
from muniment.core.settings import WebSettings

HOME_VARIABLE: Final = "MUNIMENT_HOME"
Site = WebSettings


def home() -> Home:
    """The home directory that MUNIMENT_HOME names; `./var/demo` where it names none."""
    return Home(Path(os.environ.get(HOME_VARIABLE) or "var/demo").absolute())


def read_site(place: Home) -> Site:
    """The `[web]` table of the home's settings; WrongUseError if anything in the file is not understood."""
    return settings.load(place).web


def read_calls(place: Home) -> CallSettings:
    """The `[calls]` table of the home's settings; errors as `read_site`."""
    return settings.load(place).calls


def read_regions(place: Home) -> dict[str, str]:
    """The country by which each organisation reads telephone numbers, where the settings name one."""
    return {each.organisation: each.region for each in settings.load(place).organisations if each.region}

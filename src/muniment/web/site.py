"""What a person may set about the site, in the `[web]` table of `muniment.toml`."""

import os
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from muniment.core.errors import WrongUseError
from muniment.core.home import Home

HOME_VARIABLE = "MUNIMENT_HOME"


class Site(BaseModel):
    """Under which names and how the pages are served."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hosts: tuple[str, ...] = ("localhost",)
    """Names that the pages answer to. Passkeys need a name, not an address."""
    port: int = 8420
    secure: bool = False
    """Whether people reach the pages by https, through a proxy that sets X-Forwarded-Proto."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Every origin under which a signature or a form may be made."""
        scheme, port = ("https", "") if self.secure else ("http", f":{self.port}")
        return tuple(f"{scheme}://{host}{port}" for host in self.hosts)


def home() -> Home:
    """The home directory that MUNIMENT_HOME names; `./var/demo` where it names none."""
    return Home(Path(os.environ.get(HOME_VARIABLE) or "var/demo").absolute())


def read_site(place: Home) -> Site:
    """The `[web]` table of the home's settings file; MUNIMENT_PORT wins over its port.

    WrongUseError if the file is not TOML or names something that does not exist.
    """
    table: dict[str, object] = {}
    if place.settings.exists():
        try:
            table = dict(tomllib.loads(place.settings.read_text()).get("web", {}))
        except tomllib.TOMLDecodeError as error:
            raise WrongUseError(f"{place.settings} is not TOML.", why=f"{error}.") from error
    if port := os.environ.get("MUNIMENT_PORT"):
        table["port"] = port
    try:
        return Site.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise WrongUseError(f"{place.settings}: web.{name}: {first['msg']}.") from error

"""What a person may set about card data in calls: `[[calls.card]]` in muniment.toml."""

import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LONGEST = 3600  # seconds
KEYS = r"^[0-9A-D*#]{0,8}$"  # of a telephone


class CardRule(BaseModel):
    """When a call of an organisation is silent without anybody asking. Each rule says one or more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: str
    """The `org_…` identifier."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")] = "card"
    """How a masked span names the rule."""
    queue: str = ""
    """Calls of this queue are silent from beginning to end."""
    page: Annotated[str, Field(max_length=200)] = ""
    """A regular expression: silent while the agent's desktop says that it is on such a page."""
    pause_keys: Annotated[str, Field(pattern=KEYS)] = ""
    """Keys that silence the call, such as "*7", pressed one after another by anybody in it (RFC 4733)."""
    resume_keys: Annotated[str, Field(pattern=KEYS)] = ""
    """Keys by which whoever paused lets it be heard again, such as "*8"; without them it is silent to its end."""
    keys_seconds: Annotated[int, Field(ge=0, le=LONGEST)] = 0
    """Silent for so long after each key that was pressed, by signalling or among the sound (RFC 4733)."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.queue or self.page or self.keys_seconds or self.pause_keys):
            raise ValueError("a rule needs a queue, a page, pause_keys or keys_seconds")
        if self.resume_keys and (not self.pause_keys or self.resume_keys == self.pause_keys):
            raise ValueError("`resume_keys` are other keys than `pause_keys`")
        try:
            re.compile(self.page)
        except re.error as error:
            raise ValueError("`page` is no regular expression") from error
        return self

"""What a person may set about calls: `[calls]` in muniment.toml. No secret is in it."""

from pydantic import BaseModel, ConfigDict

from muniment.core.spool_settings import MappingSettings, SpoolSettings


class CallSettings(BaseModel):
    """Where calls come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spool: tuple[SpoolSettings, ...] = ()
    """Folders that recordings are taken from."""
    mapping: tuple[MappingSettings, ...] = ()
    """How files of hosted switches and carriers are read."""

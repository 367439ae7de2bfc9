"""What a person may set about the sound of calls: `[calls.media]` in muniment.toml."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LARGEST_PORT = 65_535


class MediaSettings(BaseModel):
    """Where sound comes in, and what it may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listen: str = "127.0.0.1"
    """The numeric address of the machine on which RTP is taken; 0.0.0.0 or :: for all."""
    first_port: Annotated[int, Field(ge=1024, le=LARGEST_PORT)] = 30_000
    last_port: Annotated[int, Field(ge=1024, le=LARGEST_PORT)] = 39_999
    """Each stream takes two ports, so a call of two streams four. Keep them out of the range in
    net.ipv4.ip_local_port_range, or other programs may hold some."""
    quarantine: Annotated[int, Field(ge=0)] = 30
    """Seconds that ports rest after a call: late packets must not reach the next."""
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    """Processes that take sound; 0: one for each two cores, at least one."""
    receive_buffer: Annotated[int, Field(ge=65_536)] = 1 << 20
    """Bytes asked of the kernel for each stream: what comes while a worker is stopped waits there."""
    free_disk: Annotated[int, Field(ge=0)] = 2 << 30
    """Bytes of free disk below which no new call is taken."""

    @model_validator(mode="after")
    def _ports_fit(self) -> Self:
        if self.last_port <= self.first_port:
            raise ValueError("last_port is not beyond first_port")
        return self

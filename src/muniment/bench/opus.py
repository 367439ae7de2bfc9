"""A recording derived to Opus, against libsndfile's encoder alone on the samples, in seconds of sound a second."""

import io
import time

import numpy as np
import soundfile

from muniment.bench.calls import a_call
from muniment.bench.figures import Figure, compare
from muniment.core.errors import FaultFoundError
from muniment.release.sound.encoding import OPUS_LEVEL
from muniment.release.sound.messages import Heard, Task
from muniment.release.sound.pool import Pool

SECONDS = 60


def measure() -> Figure:
    """Seconds of sound in a second: read by the pipe, decoded, encoded, and back."""
    data = a_call(SECONDS)
    whole = Task("opus", "siprec", len(data))
    pool = Pool()

    def read(offset: int, length: int) -> bytes:
        return data[offset : offset + length]

    try:
        heard = pool.do("bench", Task("hear", "siprec", len(data), end=SECONDS * 1000), read)
        if not isinstance(heard, Heard):
            raise FaultFoundError("The recording that was made for measuring cannot be heard.")
        samples = np.frombuffer(heard.data, "<i2").reshape(-1, 2)

        def ours() -> float:
            begun = time.monotonic()
            pool.do("bench", whole, read)
            return SECONDS / (time.monotonic() - begun)

        def limit() -> float:
            begun = time.monotonic()
            with soundfile.SoundFile(
                io.BytesIO(), "w", 8000, 2, format="OGG", subtype="OPUS", compression_level=OPUS_LEVEL
            ) as file:
                file.write(samples)
            return SECONDS / (time.monotonic() - begun)

        return compare("opus", "s of sound/s", "libsndfile's own encoder on the samples", ours, limit)
    finally:
        pool.close()

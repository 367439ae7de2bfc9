"""What a person writes, and the place that is meant."""

from pathlib import Path

import pytest

from muniment.core.errors import WrongUseError
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.places import place
from muniment.vault.backup.s3 import Bucket


def test_a_folder_or_a_bucket() -> None:
    assert place("/mnt/backup") == place(Path("/mnt/backup")) == Folder(Path("/mnt/backup"))
    bucket = place("s3://firm/prefix", lock_days=9)
    assert isinstance(bucket, Bucket)
    assert (bucket.bucket, bucket.prefix, bucket.lock_days) == ("firm", "prefix/", 9)
    assert place(bucket) is bucket
    with pytest.raises(WrongUseError):
        place("s3://")

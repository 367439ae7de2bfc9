"""From what a person writes to the place of a backup."""

from pathlib import Path

from muniment.vault.backup.destination import S3_SCHEME, Destination, parse_address
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_client import Access

type Where = str | Path | Destination


def place(where: Where, *, access: Access | None = None, lock_days: int = 0) -> Destination:
    """`s3://bucket/prefix` or a folder; WrongUseError for an address that is none."""
    if isinstance(where, Path):
        return Folder(where)
    if not isinstance(where, str):
        return where
    if where.startswith(S3_SCHEME):
        bucket, prefix = parse_address(where)
        return Bucket(bucket, prefix, access or Access(), lock_days)
    return Folder(Path(where))

"""Whether a bucket may take a backup: what is put under `keys/` must be deletable, in every copy that it makes.

A lock by default would lock keys; deletion with a second factor could not be done by a machine; a replica would
keep what is deleted here. A question that the store does not let us ask counts as the worse answer.
"""

from collections.abc import Mapping
from typing import Any

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.vault.backup.s3_client import ABSENT, Client, code

NONE = ABSENT | {
    "ObjectLockConfigurationNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ObjectLockConfigurationNotFound",
    "NoSuchReplicationConfiguration",
}
"""What a store says that has no such configuration, or knows of none."""


def require_fit(client: Client, bucket: str, title: str, *, lock: bool) -> None:
    """RefusedError unless keys can be removed from the bucket and, with `lock`, packs can be locked.

    The library's errors pass: what may not be asked is not assumed to be well.
    """
    if client.get_bucket_versioning(Bucket=bucket).get("MFADelete") == "Enabled":
        raise RefusedError(
            f"{title} deletes versions only with a second factor.",
            why="Keys that expire must be removed by the backup itself.",
            remedy="Turn MFA delete off, or choose another bucket.",
        )
    configuration = _asked(client, "get_object_lock_configuration", bucket).get("ObjectLockConfiguration", {})
    if configuration.get("Rule", {}).get("DefaultRetention"):
        raise RefusedError(
            f"{title} locks by default whatever is put there.",
            why="Wrapped keys never go to locked storage: what was erased would live on in them.",
            remedy="Remove the bucket's default retention. With lock_days, packs alone are locked, one by one.",
        )
    if lock and configuration.get("ObjectLockEnabled") != "Enabled":
        raise RefusedError(
            f"{title} cannot lock anything.",
            why="lock_days is set, and the bucket was made without Object Lock.",
            remedy="Make a bucket with Object Lock and without default retention, or leave lock_days out.",
        )
    rules = (
        _asked(client, "get_bucket_replication", bucket).get("ReplicationConfiguration", {}).get("Rules", ())
    )
    if any(rule.get("Status") == "Enabled" for rule in rules):
        raise RefusedError(
            f"{title} is copied to another bucket.",
            why="Keys that expire are removed here; the copy would keep them.",
            remedy="Turn the replication off, and let a second backup run to the other place.",
        )


def require_locked(client: Client, bucket: str, key: str, title: str) -> None:
    """NotAvailableError if an object that was put with a lock has none. The library's errors pass."""
    head = client.head_object(Bucket=bucket, Key=key)
    if head.get("ObjectLockMode") != "COMPLIANCE":
        raise NotAvailableError(
            f"{title} took a lock and does not keep it.",
            remedy="Leave lock_days out, or choose another store.",
        )


def _asked(client: Client, request: str, bucket: str) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError  # noqa: PLC0415  the library loads slowly

    try:
        answer: Mapping[str, Any] = getattr(client, request)(Bucket=bucket)
    except ClientError as error:
        if code(error) not in NONE:
            raise
        return {}
    return answer

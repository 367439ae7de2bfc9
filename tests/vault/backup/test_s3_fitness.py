"""A bucket that would keep keys is refused before a key is put into it."""

from collections.abc import Mapping
from typing import Any

import pytest

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_fitness import require_fit, require_locked
from tests.vault.backup.store import Answer, Store

RETENTION = {
    "ObjectLockEnabled": "Enabled",
    "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
}


def opened(bucket: Bucket) -> None:
    with bucket.alone(writing=True):
        pass


def keys_there(s3_store: Store, bucket: Bucket) -> list[tuple[str, str]]:
    return s3_store.versions(bucket, f"{bucket.prefix}keys/")


def test_fit_buckets(s3_store: Store) -> None:
    for bucket in (
        s3_store.bucket(),
        s3_store.bucket(versions=True),
        s3_store.bucket(lock=True),
        s3_store.bucket(lock=True, lock_days=5),
    ):
        opened(bucket)
        assert keys_there(s3_store, bucket) == []


def test_a_lock_by_default_would_lock_keys(s3_store: Store) -> None:
    bucket = s3_store.bucket(lock=True)
    s3_store.client.put_object_lock_configuration(Bucket=bucket.bucket, ObjectLockConfiguration=RETENTION)
    with pytest.raises(RefusedError, match="locks by default"):
        opened(bucket)
    assert keys_there(s3_store, bucket) == []


def test_a_lock_that_is_wanted_must_be_possible(s3_store: Store) -> None:
    with pytest.raises(RefusedError, match="cannot lock"):
        opened(s3_store.bucket(versions=True, lock_days=30))


class Says:
    """A store that answers some requests like this; the others find nothing configured."""

    def __init__(self, **answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def __getattr__(self, request: str) -> Any:
        return lambda **_: self._answers.get(request, {})


def test_deletion_with_a_second_factor_is_refused() -> None:
    with pytest.raises(RefusedError, match="second factor"):
        require_fit(Says(get_bucket_versioning={"MFADelete": "Enabled"}), "firm", "s3://firm/", lock=False)


@pytest.mark.parametrize(("status", "refused"), [("Enabled", True), ("Disabled", False)])
def test_a_replica_would_keep_keys(status: str, refused: bool) -> None:
    client = Says(get_bucket_replication={"ReplicationConfiguration": {"Rules": [{"Status": status}]}})
    if not refused:
        require_fit(client, "firm", "s3://firm/", lock=False)
        return
    with pytest.raises(RefusedError, match="copied to another"):
        require_fit(client, "firm", "s3://firm/", lock=False)


def test_a_lock_that_the_store_forgets_is_found() -> None:
    with pytest.raises(NotAvailableError, match="does not keep it"):
        require_locked(Says(head_object={"ContentLength": 1}), "firm", "packs/one", "s3://firm/")


@pytest.mark.parametrize("question", ["versioning", "object-lock", "replication"])
def test_what_may_not_be_asked_is_not_assumed_to_be_well(s3_store: Store, question: str) -> None:
    bucket = s3_store.bucket()
    denied = Answer(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
    s3_store.between.spoil = lambda _method, path, answer: denied if f"?{question}" in path else answer
    with pytest.raises(NotAvailableError, match="denies access"):
        opened(bucket)


@pytest.mark.parametrize("question", ["object-lock", "replication"])
def test_a_store_that_knows_no_locks_and_replicas_has_none(s3_store: Store, question: str) -> None:
    bucket = s3_store.bucket()
    absent = Answer(501, {}, b"<Error><Code>NotImplemented</Code></Error>")
    s3_store.between.spoil = lambda _method, path, answer: absent if f"?{question}" in path else answer
    opened(bucket)


def test_where_nothing_can_be_deleted_nothing_is_put(s3_store: Store) -> None:
    bucket = s3_store.bucket(versions=True)
    denied = Answer(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
    refused: list[str] = []

    def spoil(method: str, path: str, answer: Answer) -> Answer:
        if method == "DELETE":
            refused.append(path)
            return denied
        return answer

    real = s3_store.between.answer
    s3_store.between.answer = lambda method, *rest: denied if method == "DELETE" else real(method, *rest)  # type: ignore[method-assign]
    with pytest.raises(NotAvailableError, match="cannot be removed"):
        opened(bucket)
    assert {key.rpartition("/")[2][:7] for key, _ in keys_there(s3_store, bucket)} == {".probe-"}

"""What is removed is gone in every version."""

import pytest

from muniment.core.errors import NotAvailableError
from muniment.vault.backup import s3_removal
from tests.vault.backup.store import Answer, Store


def test_every_version_and_every_mark_goes(s3_store: Store) -> None:
    bucket = s3_store.bucket(versions=True)
    key = f"{bucket.prefix}keys/one/keyring"
    for data in (b"first", b"second"):
        bucket.write("keys/one/keyring", data)
    s3_store.client.delete_object(Bucket=bucket.bucket, Key=key)  # what others would call deleted
    assert bucket.listed("keys/") == []
    assert len(s3_store.versions(bucket, key)) == 3
    bucket.remove("keys/one/")
    assert s3_store.versions(bucket, key) == []


def test_versions_from_before_they_were_suspended_go_too(s3_store: Store) -> None:
    bucket = s3_store.bucket(versions=True)
    bucket.write("keys/one/keyring", b"first")
    s3_store.client.put_bucket_versioning(
        Bucket=bucket.bucket, VersioningConfiguration={"Status": "Suspended"}
    )
    bucket.write("keys/one/keyring", b"second")
    bucket.remove("keys/one/")
    assert s3_store.versions(bucket) == []


def test_many_go_page_by_page(s3_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = s3_store.bucket(versions=True)
    for number in range(7):
        bucket.write(f"keys/one/{number}", b"first")
        bucket.write(f"keys/one/{number}", b"second")
    client = s3_store.client
    asked = []

    class Paging:
        def __getattr__(self, request: str) -> object:
            def ask(**fields: object) -> object:
                asked.append(request)
                few = {"MaxKeys": 3} if request.startswith("list") else {}
                return getattr(client, request)(**fields, **few)

            return ask

    assert s3_removal.remove(Paging(), bucket.bucket, f"{bucket.prefix}keys/one/") == 0  # type: ignore[arg-type]
    assert asked.count("list_object_versions") > 3
    assert s3_store.versions(bucket) == []


def test_a_store_without_versions(s3_store: Store) -> None:
    bucket = s3_store.bucket()
    bucket.write("keys/one/keyring", b"first")
    absent = Answer(501, {}, b"<Error><Code>NotImplemented</Code></Error>")
    s3_store.between.spoil = lambda _method, path, answer: absent if "?versions" in path else answer
    bucket.remove("keys/one/")
    assert bucket.listed("") == []


def test_what_is_locked_is_said_to_be_still_there_and_the_rest_goes(s3_store: Store) -> None:
    bucket = s3_store.bucket(lock=True)
    bucket.write("keys/one/keyring", b"held by somebody")
    bucket.write("keys/one/slots", b"free")
    key = f"{bucket.prefix}keys/one/keyring"
    s3_store.client.put_object_legal_hold(Bucket=bucket.bucket, Key=key, LegalHold={"Status": "ON"})
    with pytest.raises(NotAvailableError, match=r"1 objects .* cannot be removed"):
        bucket.remove("keys/one/")
    assert [name for name, _ in s3_store.versions(bucket)] == [key]

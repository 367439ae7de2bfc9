"""How an S3 store is reached, and what a person hears when it does not do what it was asked."""

import pytest

from muniment.core.errors import NotAvailableError
from muniment.vault.backup.destination import whole
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_client import Access, connect
from tests.vault.backup.store import Answer, Store

ERROR = (
    "<?xml version='1.0'?><Error><Code>{code}</Code><Message>a secret that the store quotes</Message></Error>"
)


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [
        ("AccessDenied", 403, "denies access"),
        ("InvalidAccessKeyId", 403, "denies access"),
        ("NoSuchBucket", 404, "not there"),
        ("QuotaExceeded", 400, "full"),
        ("XMinioStorageFull", 507, "full"),
        ("SlowDown", 503, "too busy"),
        ("InternalError", 500, "too busy"),
        ("Peculiar", 400, "Peculiar"),
    ],
)
def test_what_the_store_says_is_told_without_its_words(
    s3_store: Store, code: str, status: int, says: str
) -> None:
    bucket = s3_store.bucket()
    body = ERROR.format(code=code).encode()
    s3_store.between.spoil = lambda *_: Answer(status, {"Content-Type": "application/xml"}, body)
    with pytest.raises(NotAvailableError, match=says) as caught:
        bucket.write("keys/one/keyring", b"wrapped")
    assert "secret" not in str(caught.value)
    assert bucket.title in str(caught.value)


def test_one_trouble_is_no_trouble(s3_store: Store) -> None:
    bucket, troubles = s3_store.bucket(), [1]

    def spoil(_method: str, _path: str, answer: Answer) -> Answer:
        return (
            Answer(503, {}, ERROR.format(code="SlowDown").encode()) if troubles and troubles.pop() else answer
        )

    s3_store.between.spoil = spoil
    bucket.write("keys/one/keyring", b"wrapped")
    assert whole(bucket, "keys/one/keyring") == b"wrapped"


def test_nobody_is_there(s3_store: Store) -> None:
    bucket = Bucket("firm", access=Access("http://127.0.0.1:9", connect=0.5, answer=0.5, attempts=1))
    with pytest.raises(NotAvailableError, match="does not answer"), bucket.alone(writing=False):
        pass


def test_without_credentials_it_is_said_where_they_belong(
    s3_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    bucket = s3_store.bucket()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, f"{tmp_path}/none")
    with pytest.raises(NotAvailableError, match="AWS_ACCESS_KEY_ID"):
        bucket.write("keys/one/keyring", b"wrapped")


def test_an_endpoint_that_is_none_is_refused() -> None:
    with pytest.raises(NotAvailableError, match="as its settings say"):
        connect(Access("not an address"))


def test_endpoint_and_region_may_come_from_the_librarys_own_variables(
    s3_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3_store.bucket()
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_store.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    own = Bucket(bucket.bucket, bucket.prefix)
    own.write("keys/one/keyring", b"wrapped")
    assert whole(bucket, "keys/one/keyring") == b"wrapped"

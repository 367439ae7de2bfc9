"""Deleting for good: a bucket that keeps versions keeps what was deleted, unless each version is deleted too."""

from collections.abc import Iterator

from muniment.vault.backup.s3_client import ABSENT, DENIED, Client, code


def remove(client: Client, bucket: str, prefix: str) -> int:
    """Delete every version of everything whose key begins so; how many are left.

    The library's errors pass, save that one object may not be deleted: the others are, and it is counted.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415  the library loads slowly

    for key, version in list(versions(client, bucket, prefix)):
        named = {"VersionId": version} if version is not None else {}
        try:
            client.delete_object(Bucket=bucket, Key=key, **named)
        except ClientError as error:
            if code(error) not in DENIED:
                raise
    return sum(1 for _ in versions(client, bucket, prefix))


def versions(client: Client, bucket: str, prefix: str) -> Iterator[tuple[str, str | None]]:
    """Every version and every mark of a deletion; objects alone where the store knows no versions."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  the library loads slowly

    token: dict[str, str] = {}
    while True:
        try:
            page = client.list_object_versions(Bucket=bucket, Prefix=prefix, **token)
        except ClientError as error:
            if token or code(error) not in ABSENT:
                raise
            yield from ((key, None) for key in _objects(client, bucket, prefix))
            return
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            yield str(each["Key"]), str(each["VersionId"])
        if not page.get("IsTruncated"):
            return
        token = {
            "KeyMarker": str(page["NextKeyMarker"]),
            **(
                {"VersionIdMarker": str(page["NextVersionIdMarker"])}
                if page.get("NextVersionIdMarker")
                else {}
            ),
        }


def _objects(client: Client, bucket: str, prefix: str) -> Iterator[str]:
    token: dict[str, str] = {}
    while True:
        page = client.list_objects_v2(Bucket=bucket, Prefix=prefix, **token)
        yield from (str(each["Key"]) for each in page.get("Contents", ()))
        if not page.get("IsTruncated"):
            return
        token = {"ContinuationToken": str(page["NextContinuationToken"])}

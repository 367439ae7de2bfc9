"""The few requests to an S3 store that a backup makes, and what is said when the store does not do them.

The library is botocore: credentials, region and endpoint come from its own files, environment and instance
roles; none of them is in Muniment's settings. An error's message is never passed on, only its code: a store may
quote anything in it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from muniment.core.errors import MunimentError, NotAvailableError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

ATTEMPTS = 5
"""How often the library asks before it gives up; it waits longer each time."""
CONNECT_SECONDS = 10
ANSWER_SECONDS = 60

DENIED = frozenset(
    {
        "403",
        "AccessDenied",
        "AllAccessDisabled",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
    }
)
GONE = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
FULL = frozenset({"507", "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "EntityTooLarge"})
BUSY = frozenset(
    {"429", "500", "502", "503", "504", "SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout"}
)
ABSENT = frozenset({"405", "501", "MethodNotAllowed", "NotImplemented"})


class Client(Protocol):
    """What is used of botocore's client: a method for each request of the S3 API, with the request's fields."""

    def __getattr__(self, request: str) -> Callable[..., Mapping[str, Any]]: ...


@dataclass(frozen=True)
class Access:
    """How a store is reached, where the library's own rules do not say so. Seconds for both times."""

    endpoint: str = ""
    region: str = ""
    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS
    attempts: int = ATTEMPTS


def connect(access: Access) -> Client:
    """A client; nothing is asked yet. NotAvailableError if the library finds its files damaged."""
    # The library loads slowly, and most commands need none.
    import botocore.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        session = botocore.session.get_session()
        endpoint = access.endpoint or session.get_config_variable("endpoint_url") or ""
        config = Config(
            connect_timeout=access.connect,
            read_timeout=access.answer,
            retries={"total_max_attempts": access.attempts, "mode": "standard"},
            # Stores of other makers know no newer checksums; what matters is in each request by name.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"payload_signing_enabled": True, **({"addressing_style": "path"} if endpoint else {})},
        )
        client: Client = session.create_client(
            "s3",
            region_name=access.region or session.get_config_variable("region") or "us-east-1",
            endpoint_url=endpoint or None,
            config=config,
        )
    except (BotoCoreError, ValueError) as error:
        raise NotAvailableError(
            "The S3 store cannot be reached as its settings say.",
            why=f"{type(error).__name__}.",
            remedy="See endpoint and region, and the library's files and AWS_… variables.",
        ) from error
    return client


@contextmanager
def speaking_plainly(title: str) -> Iterator[None]:
    """Turn the library's errors into ours."""
    from botocore.exceptions import (  # noqa: PLC0415
        BotoCoreError,
        ClientError,
        EndpointConnectionError,
        HTTPClientError,
    )

    try:
        yield
    except ClientError as error:
        raise _told(title, code(error)) from error
    except (HTTPClientError, EndpointConnectionError) as error:
        raise NotAvailableError(
            f"{title} does not answer, or too slowly.",
            why=f"{type(error).__name__}.",
            remedy="See network and endpoint. What is there stays; the next backup goes on from it.",
        ) from error
    except BotoCoreError as error:
        raise _library(title, type(error).__name__) from error


def code(error: "ClientError") -> str:
    """The store's word for what is wrong, or the HTTP status where it has none."""
    said = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    return str(said or status)


def _told(title: str, said: str) -> MunimentError:
    if said in DENIED:
        return NotAvailableError(
            f"{title} denies access.",
            why=f"It says {said}.",
            remedy="See the credentials and the policy: the guide lists what a backup must be allowed to do.",
        )
    if said in GONE:
        return NotAvailableError(
            f"{title} is not there, or something in it has gone.", why=f"It says {said}."
        )
    if said in FULL:
        return NotAvailableError(
            f"{title} is full.", why=f"It says {said}.", remedy="Make room, or raise the quota."
        )
    if said in BUSY:
        return NotAvailableError(
            f"{title} is too busy, or in trouble.",
            why=f"It says {said}, after {ATTEMPTS} attempts.",
            remedy="What is there stays; the next backup goes on from it.",
        )
    return NotAvailableError(f"{title} does not do what it was asked.", why=f"It says {said}.")


def _library(title: str, name: str) -> MunimentError:
    if "Credential" in name or "Token" in name:
        return NotAvailableError(
            f"There are no credentials for {title}.",
            why=f"{name}.",
            remedy="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE.",
        )
    return NotAvailableError(f"{title} cannot be used.", why=f"{name}.")

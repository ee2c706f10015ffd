"""boto3 clients of the running cloud, for handlers that work on behalf of the current request."""

import functools
import os
import threading
from typing import Any

import boto3
from botocore.config import Config

# Loopback only: a proxy of the user's, or our own, must never carry these calls.
OWN_USER_AGENT = "rehearsal-handler"
"""In the user agent of every call that the rehearsal makes itself, which is not an operator's."""

_CONFIG = Config(
    proxies={},
    retries={"max_attempts": 0},
    connect_timeout=5,
    read_timeout=300,
    user_agent_extra=OWN_USER_AGENT,
)
_making = threading.Lock()


def current_account() -> str:
    """The account of the request that is being handled."""
    from ministack.core.responses import get_account_id

    return str(get_account_id())


def client(service: str) -> Any:
    """A client for the account and region of the request that is being handled."""
    from ministack.core.responses import get_region

    return client_of(service, current_account(), get_region())


def client_of(service: str, account: str, region: str) -> Any:
    """A client for `account` (its id doubles as access key) in `region`, with the rights of the account's root."""
    return _cached(os.environ["AWS_ENDPOINT_URL"], service, account, region)


def client_with(
    service: str,
    region: str,
    *,
    access_key: str,
    secret_key: str,
    token: str | None,
    endpoint: str | None = None,
) -> Any:
    """A client that signs with these credentials; `endpoint` is that of this process's environment if None."""
    with _making:  # clients may be shared between threads, their making may not
        return _session().client(
            service,
            endpoint_url=endpoint or os.environ["AWS_ENDPOINT_URL"],
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
            config=_CONFIG,
        )


@functools.cache
def _session() -> Any:
    """One for all: it keeps the services' models, which take a good while to read."""
    return boto3.session.Session()


@functools.lru_cache(maxsize=256)
def _cached(endpoint: str, service: str, account: str, region: str) -> Any:
    secret = "rehearsal"  # noqa: S105 - the emulator asks for any value
    return client_with(service, region, access_key=account, secret_key=secret, token=None, endpoint=endpoint)

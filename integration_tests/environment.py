"""Where the portal under test is: from environment variables, which the pipeline fills from stack outputs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

EXAMPLES = {
    "PORTAL_URL": "https://portal.bank.example",
    "API_URL": "https://api.bank.example",
    "PROBE_FUNCTION": "probe-prod",
    "TEST_ROLE_ARN": "arn:aws:iam::111111111111:role/pipeline-tests-prod",
    "API_KEY_ID": "a1b2c3d4e5",
    "STATIC_BUCKET": "static-prod-111111111111-us-east-1-an",
    "AWS_REGION": "us-east-1",
}
# How long a fresh environment may take until all of it answers: names, certificates and keys spread slowly.
WAIT_SECONDS = "120"


class EnvironmentIncomplete(ValueError):  # noqa: N818 - what the caller reads is the condition
    """Names every variable that is missing or of no use, with an example."""


@dataclass(frozen=True, kw_only=True)
class Portal:
    """`url`, `api_url`: without a slash at the end. `wait_seconds`: from the start of the run, for all tests."""

    url: str
    api_url: str
    probe_function: str
    test_role_arn: str
    api_key_id: str
    static_bucket: str
    region: str
    wait_seconds: float

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).hostname or "" for url in (self.url, self.api_url)}


def read(variables: Mapping[str, str] = os.environ) -> Portal:
    """Raises EnvironmentIncomplete, naming everything that is missing."""
    missing = [
        f"{name} (for example {example})" for name, example in EXAMPLES.items() if not variables.get(name)
    ]
    wait_seconds = variables.get("WAIT_SECONDS", WAIT_SECONDS)
    if not wait_seconds.isdecimal():
        missing.append(f"WAIT_SECONDS as a whole number (for example {WAIT_SECONDS}), not {wait_seconds!r}")
    if missing:
        raise EnvironmentIncomplete(f"the portal's tests need in their environment: {', '.join(missing)}")
    return Portal(
        url=variables["PORTAL_URL"].rstrip("/"),
        api_url=variables["API_URL"].rstrip("/"),
        probe_function=variables["PROBE_FUNCTION"],
        test_role_arn=variables["TEST_ROLE_ARN"],
        api_key_id=variables["API_KEY_ID"],
        static_bucket=variables["STATIC_BUCKET"],
        region=variables["AWS_REGION"],
        wait_seconds=float(wait_seconds),
    )

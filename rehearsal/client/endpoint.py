"""Where the rehearsal of a project answers: a file that a standing rehearsal writes and every command reads."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rehearsal.workspace import Workspace

if TYPE_CHECKING:
    from .pipeline import Pipeline

FILE = "endpoint.json"


class NotUpError(RuntimeError):
    """No rehearsal of the project answers; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A standing rehearsal: its process, the AWS endpoint's URL, the pipeline and its account (12 digits), and the
    repository (a path on this machine) whose branch starts it."""

    pid: int
    url: str
    region: str
    account: str
    pipeline: str
    repository: str
    branch: str

    def client(self, service: str) -> Any:
        """A boto3 client as the administrator of the pipeline's account; the user's own AWS settings do not count."""
        import boto3  # late: a third of a second that --help need not wait for
        import botocore.session
        from botocore.config import Config

        settings = {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
        session = boto3.session.Session(botocore_session=botocore.session.Session(session_vars=settings))
        return session.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.account,
            aws_secret_access_key="rehearsal",  # noqa: S106  the emulator asks for any value
            config=Config(proxies={}, retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60),
        )

    def delivery(self) -> "Pipeline":
        """The deployed pipeline, by CodePipeline's API."""
        from .pipeline import Pipeline

        return Pipeline(self.client("codepipeline"), self.pipeline)

    def write(self, state: Path) -> None:
        """Tell the other commands, whole or not at all."""
        fresh = state / f"{FILE}.new"
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n")
        fresh.replace(state / FILE)

    @classmethod
    def read(cls, state: Path) -> Self:
        """What a rehearsal told. Raises FileNotFoundError before it has."""
        return cls(**json.loads((state / FILE).read_text()))


def find(root: Path) -> Endpoint:
    """The standing rehearsal of the project at `root`. Raises NotUpError when there is none that answers."""
    workspace = Workspace(root)
    holder = workspace.holder()
    if holder is None:
        raise NotUpError(
            f"no rehearsal of {root} is up: start one with `python -m rehearsal up`, or name the project with --project"
        )
    try:
        endpoint = Endpoint.read(workspace.state)
    except FileNotFoundError:
        raise NotUpError(
            f"the rehearsal of {root} (process {holder}) is still being prepared, or is ending: try again in a moment"
        ) from None
    return endpoint

"""The load balancer as the probe sees it, from inside the VPC."""

import json
from dataclasses import dataclass
from typing import Any

from integration_tests.patience import NotUpYet, Patience, check_is_up


@dataclass(frozen=True, kw_only=True)
class Sight:
    """`tls`: version, subject_alt_names, not_after, issuer. `headers`: names in lower case."""

    tls: dict[str, Any]
    path: str
    status: int
    headers: dict[str, str]
    body: str

    @property
    def served_by(self) -> str:
        return self.headers.get("x-served-by", "none of the applications")

    def __str__(self) -> str:
        return f"GET {self.path} -> {self.status} by {self.served_by}: {self.body[:300]}"


class Probe:
    def __init__(self, lambda_client: Any, function: str, patience: Patience) -> None:
        self._lambda = lambda_client
        self._function = function
        self._patience = patience

    def get(self, path: str) -> Sight:
        """Raises AssertionError when the probe fails, or sees a wrong certificate, or nothing in time."""
        return self._patience.wait_for(lambda: self._attempt(path))

    def _attempt(self, path: str) -> Sight:
        event = json.dumps({"paths": [path]}).encode()
        result = self._lambda.invoke(FunctionName=self._function, Payload=event)
        payload = json.loads(result["Payload"].read())
        assert "FunctionError" not in result, f"{self._function} failed: {payload}"
        if "error" in payload:
            if payload["retry"]:
                raise NotUpYet(payload["error"])
            raise AssertionError(f"the load balancer: {payload['error']}")
        sight = Sight(tls=payload["tls"], **payload["responses"][0])
        check_is_up(f"the load balancer's {path}", sight.status, sight.headers)
        return sight

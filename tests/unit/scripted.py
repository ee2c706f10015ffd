"""boto3's clients that answer what a test tells them, checked against AWS's models, and send nothing."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.stub import Stubber


class Scripted:
    """Clients that answer what they are told, in this order, and send nothing."""

    def __init__(self) -> None:
        self._stubs: dict[str, Stubber] = {}

    def client(self, service: str) -> Any:
        return self._stub(service).client

    def answer(self, service: str, operation: str, answer: dict[str, Any], **expected: Any) -> None:
        self._stub(service).add_response(operation, answer, expected or None)

    def error(self, service: str, operation: str, code: str) -> None:
        self._stub(service).add_client_error(operation, code)

    def all_was_asked(self) -> None:
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def _stub(self, service: str) -> Stubber:
        if service not in self._stubs:
            session = boto3.Session("unused", "unused", region_name="us-east-1")
            client = session.client(service)
            self._stubs[service] = Stubber(client)
            self._stubs[service].activate()
        return self._stubs[service]

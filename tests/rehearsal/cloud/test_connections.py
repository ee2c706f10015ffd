"""CodeConnections: a connection is made by its API and waits for somebody to finish it in the console."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_new_connection_is_pending_and_listed(client: Callable[[str], Any]) -> None:
    connections = client("codeconnections")
    arn = connections.create_connection(ProviderType="GitLab", ConnectionName="portal")["ConnectionArn"]

    listed = {each["ConnectionArn"]: each for each in connections.list_connections()["Connections"]}

    assert arn.startswith("arn:aws:codeconnections:us-east-1:111111111111:connection/")
    assert (listed[arn]["ConnectionName"], listed[arn]["ConnectionStatus"]) == ("portal", "PENDING")
    assert connections.get_connection(ConnectionArn=arn)["Connection"] == listed[arn]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        connections.get_connection(ConnectionArn=f"{arn}0")

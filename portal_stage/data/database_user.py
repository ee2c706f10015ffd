"""Who the backend is to the database: a user of its own, whose secret is its own too."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.names import Names

BACKEND_USER = "portal_backend"


class DatabaseUser(Construct):
    """Name and generated password. The migration makes the user (docs/decisions/0004); this is how it is told."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self._secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=names("backend-database"),
            description="The backend's own database user: reads and writes its tables, creates and drops nothing",
            # Imported: to the key itself CDK would write one more statement, in the foundation, that gives nothing new.
            encryption_key=kms.Key.from_key_arn(self, "Key", key.key_arn),
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"username": BACKEND_USER}),
                generate_string_key="password",
                password_length=32,
                # Printable ASCII that needs no quoting anywhere.
                exclude_punctuation=True,
            ),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        acknowledge(
            self._secret,
            "AwsSolutions::AwsSolutions-SMG4",
            reason="A new value counts once a migration has given it to the database, so it is changed by an operator "
            "and a deployment, as docs/operations.md says; rotation by a function would need the master's rights in "
            "the VPC (docs/decisions/0004).",
        )

    @property
    def secret_arn(self) -> str:
        """Complete ARN, of JSON with `username` and `password`."""
        return self._secret.secret_arn

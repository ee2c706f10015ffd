"""Statements that IAM takes and that do nothing, or not what they say."""

from __future__ import annotations

from tests.assembly.invariants import iam_reference
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import properties


@breaks(iam_reference.policies_say_what_iam_knows)
def misspell_an_action(synthesis: Synthesis) -> None:
    statement = properties(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")["PolicyDocument"][
        "Statement"
    ][0]
    statement["Action"] = "dynamodb:GetItems"


@breaks(iam_reference.policies_say_what_iam_knows)
def name_a_resource_of_another_type(synthesis: Synthesis) -> None:
    statement = properties(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")["PolicyDocument"][
        "Statement"
    ][0]
    statement["Resource"] = "arn:aws:dynamodb:us-east-1:333333333333:sessions-prod"


@breaks(iam_reference.policies_say_what_iam_knows)
def ask_a_condition_key_that_there_is_not(synthesis: Synthesis) -> None:
    statement = properties(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")["PolicyDocument"][
        "Statement"
    ][0]
    statement["Condition"] = {"StringEquals": {"dynamodb:TableName": "sessions-prod"}}

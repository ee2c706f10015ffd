"""The key of an environment, and the alarm topic that it encrypts."""

from __future__ import annotations

from tests.unit.templates import Stage


def test_the_key_rotates_and_lets_this_accounts_logs_and_alarms_use_it(stage: Stage) -> None:
    key = stage.foundation.one("AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True
    assert key["PendingWindowInDays"] == 7
    services = {
        statement["Principal"]["Service"]: statement["Condition"]
        for statement in key["KeyPolicy"]["Statement"]
        if "Service" in statement["Principal"]
    }
    assert services == {
        "logs.us-east-1.amazonaws.com": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111111111111:log-group:*"
            }
        },
        "cloudwatch.amazonaws.com": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
    }


def test_the_key_names_no_role_that_a_fresh_account_lacks(stage: Stage) -> None:
    principals = [s["Principal"] for s in stage.foundation.one("AWS::KMS::Key")["KeyPolicy"]["Statement"]]
    assert {"AWS": "arn:aws:iam::111111111111:root"} in principals
    assert len([principal for principal in principals if "AWS" in principal]) == 1


def test_alarms_of_this_account_reach_an_encrypted_topic(stage: Stage) -> None:
    topic = stage.foundation.one("AWS::SNS::Topic", TopicName="alarms-test")
    assert "Key" in topic["KmsMasterKeyId"]["Fn::GetAtt"][0]
    policy = stage.foundation.one("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    (allowed,) = (statement for statement in policy if statement["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    (denied,) = (statement for statement in policy if statement["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

"""Custom resources: the CDK's own providers, a bucket's files, and functions that fail."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.cloud.stacks import DeploymentFailed
from tests.rehearsal.roles import policy, trust

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]

EMPTYING = policy("s3:ListBucket", "s3:DeleteObject", Resource="*")
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": json.loads(trust(Service="lambda.amazonaws.com")),
        "Policies": [{"PolicyName": "emptying", "PolicyDocument": json.loads(EMPTYING)}],
    },
}
# Empties a bucket with the AWS SDK that Lambda's Node carries, and answers CloudFormation.
EMPTY = """
const { S3 } = require("@aws-sdk/client-s3");
exports.handler = async (event) => {
  const Bucket = event.ResourceProperties.BucketName;
  if (event.RequestType === "Delete") {
    const s3 = new S3({});
    for (const { Key } of (await s3.listObjectsV2({ Bucket })).Contents ?? [])
      await s3.deleteObject({ Bucket, Key });
  }
  await fetch(event.ResponseURL, {
    method: "PUT",
    body: JSON.stringify({
      Status: "SUCCESS", PhysicalResourceId: Bucket, StackId: event.StackId,
      RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    }),
  });
};
"""


def function(runtime: str, code: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": runtime,
            "Handler": "index.handler",
            "Timeout": 30,
            "Code": {"ZipFile": code},
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        },
    }


def provided(**properties: Any) -> dict[str, Any]:
    token = {"Fn::GetAtt": ["Provider", "Arn"]}
    return {"Type": "Custom::Provided", "Properties": {"ServiceToken": token, **properties}}


def test_a_provider_runs_on_node_with_the_aws_sdk(deploy: Deploy, client: Client) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "emptied"}}
    stays = {"Role": ROLE, "Provider": function("nodejs24.x", EMPTY)}
    deploy({**stays, "Bucket": bucket, "Custom": provided(BucketName={"Ref": "Bucket"})})
    client("s3").put_object(Bucket="emptied", Key="a", Body=b"a")
    deploy(stays)
    assert "emptied" not in [found["Name"] for found in client("s3").list_buckets()["Buckets"]]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def handler(event, context):\n    raise ValueError('no such thing')\n", "no such thing"),
        ("import no_such_module\n", "no_such_module"),
    ],
    ids=["raises", "cannot start"],
)
def test_a_provider_that_fails_is_not_waited_for(deploy: Deploy, code: str, reason: str) -> None:
    made = {"Role": ROLE, "Provider": function("python3.12", code), "Custom": provided()}
    with pytest.raises(DeploymentFailed, match=f"Custom: the provider's function failed: .*{reason}"):
        deploy(made)


def test_a_bucket_deployment_synchronizes_prunes_and_fills_in_values(deploy: Deploy, client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="assets")

    def archive(key: str, files: dict[str, str]) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as target:
            for name, text in files.items():
                target.writestr(name, text)
        s3.put_object(Bucket="assets", Key=key, Body=packed.getvalue())

    archive("one.zip", {"app.css": "a", "old/page.html": "b", "settings.json": '{"url": "<<marker>>"}'})
    archive("two.zip", {"app.css": "changed"})
    s3.create_bucket(Bucket="site")
    s3.put_object(Bucket="site", Key="elsewhere.txt", Body=b"stays")

    def keys(source: str) -> dict[str, str]:
        deployment = {
            "Type": "Custom::CDKBucketDeployment",
            "Properties": {
                "ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:unused",
                "SourceBucketNames": ["assets"],
                "SourceObjectKeys": [source],
                "SourceMarkers": [{"<<marker>>": "https://api.bank.example"}],
                "DestinationBucketName": "site",
                "DestinationBucketKeyPrefix": "static/",
                "SystemMetadata": {"cache-control": "max-age=60"},
                "RetainOnDelete": False,
            },
        }
        deploy({"Files": deployment})
        listed = s3.list_objects_v2(Bucket="site")["Contents"]
        return {
            entry["Key"]: s3.get_object(Bucket="site", Key=entry["Key"])["Body"].read().decode()
            for entry in listed
        }

    first = keys("one.zip")
    assert set(first) == {
        "elsewhere.txt",
        "static/app.css",
        "static/old/page.html",
        "static/settings.json",
    }
    assert json.loads(first["static/settings.json"]) == {"url": "https://api.bank.example"}
    css = s3.head_object(Bucket="site", Key="static/app.css")
    assert (css["ContentType"], css["CacheControl"]) == ("text/css", "max-age=60")
    assert keys("two.zip") == {"elsewhere.txt": "stays", "static/app.css": "changed"}
    deploy({"Topic": {"Type": "AWS::SNS::Topic"}})
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="site")["Contents"]] == ["elsewhere.txt"]

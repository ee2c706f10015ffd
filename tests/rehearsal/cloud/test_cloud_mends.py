"""What the emulator drops or says otherwise than AWS, put right: seen through the APIs."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rehearsal.cloud import Cloud
from rehearsal.cloud.prerequisites import connections, create_connection, create_hosted_zone
from rehearsal.cloud.stacks import DeploymentFailed

ACCOUNT = "111111111111"
Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def test_an_integration_keeps_its_way_to_the_load_balancer(deploy: Deploy, client: Client) -> None:
    target = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/alb/0123456789abcdef"

    def api(**integration: str) -> dict[str, Any]:
        made = {
            "Api": of(
                "ApiGateway::RestApi",
                Name="api",
                DisableExecuteApiEndpoint=True,
                EndpointConfiguration={"Types": ["REGIONAL"]},
            ),
            "Get": of(
                "ApiGateway::Method",
                RestApiId={"Ref": "Api"},
                ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
                HttpMethod="GET",
                AuthorizationType="NONE",
                Integration={"Type": "HTTP_PROXY", "IntegrationHttpMethod": "GET", **integration},
            ),
        }
        ids = deploy(made, Api={"Ref": "Api"}, Root={"Fn::GetAtt": ["Api", "RootResourceId"]})
        gateway = client("apigateway")
        kept = gateway.get_rest_api(restApiId=ids["Api"])
        assert kept["disableExecuteApiEndpoint"]
        assert kept["endpointConfiguration"] == {"types": ["REGIONAL"]}
        answer: dict[str, Any] = gateway.get_integration(
            restApiId=ids["Api"], resourceId=ids["Root"], httpMethod="GET"
        )
        return answer

    linked = api(ConnectionType="VPC_LINK", ConnectionId="abc123", IntegrationTarget=target)
    assert (linked["connectionId"], linked["integrationTarget"]) == ("abc123", target)
    assert "integrationTarget" not in api(ConnectionType="VPC_LINK", ConnectionId="abc123")


def test_an_unknown_image_tag_is_an_error(client: Client) -> None:
    ecr = client("ecr")
    ecr.create_repository(repositoryName="images")
    with pytest.raises(ecr.exceptions.ImageNotFoundException, match="imageTag:'absent'"):
        ecr.describe_images(repositoryName="images", imageIds=[{"imageTag": "absent"}])


def test_a_build_project_changes_with_the_template(deploy: Deploy, client: Client) -> None:
    def project(spec: str, group: str) -> dict[str, Any]:
        made = of(
            "CodeBuild::Project",
            Name="build",
            ServiceRole=f"arn:aws:iam::{ACCOUNT}:role/build",
            Source={"Type": "CODEPIPELINE", "BuildSpec": spec},
            Artifacts={"Type": "CODEPIPELINE"},
            Environment={"Type": "ARM_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL", "Image": "standard"},
            LogsConfig={"CloudWatchLogs": {"GroupName": group, "Status": "ENABLED"}},
        )
        deploy({"Project": made})
        found: dict[str, Any] = client("codebuild").batch_get_projects(names=["build"])["projects"][0]
        return found

    assert project("a.yml", "/one")["source"]["buildspec"] == "a.yml"
    changed = project("b.yml", "/two")
    assert changed["source"]["buildspec"] == "b.yml"
    assert changed["logsConfig"]["cloudWatchLogs"]["groupName"] == "/two"


def test_records_go_into_an_imported_zone_of_the_given_id_and_leave_it(
    deploy: Deploy, client: Client, cloud: Cloud
) -> None:
    for _ in range(2):
        create_hosted_zone(cloud, account=ACCOUNT, zone_id="Z0TEST", name="bank.example")
    with pytest.raises(ValueError, match="Z0TEST"):
        create_hosted_zone(cloud, account=ACCOUNT, zone_id="Z0TEST", name="other.example")
    record = of(
        "Route53::RecordSet",
        HostedZoneId="Z0TEST",
        Name="portal.bank.example.",
        Type="A",
        AliasTarget={"DNSName": "d1.cloudfront.net", "HostedZoneId": "Z2FDTNDATAQYW2"},
    )
    topic = {"Topic": of("SNS::Topic")}

    def names() -> list[str]:
        found = client("route53").list_resource_record_sets(HostedZoneId="Z0TEST")["ResourceRecordSets"]
        return [entry["Name"] for entry in found if entry["Type"] == "A"]

    deploy({**topic, "Record": record})
    assert names() == ["portal.bank.example."]
    deploy(topic)
    assert names() == []


def test_a_connection_is_found_by_its_arn() -> None:
    arn = f"arn:aws:codeconnections:us-east-1:{ACCOUNT}:connection/one"
    create_connection(account=ACCOUNT, arn=arn)
    assert arn in [connection.id for connection in connections()]


def test_execute_api_hosts_are_known_as_aws_writes_them(client: Client, cloud: Cloud) -> None:
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="hosts")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        type="MOCK",
        requestTemplates={"application/json": json.dumps({"statusCode": 200})},
    )
    gateway.put_integration_response(restApiId=api, resourceId=root, httpMethod="GET", statusCode="200")
    gateway.create_deployment(restApiId=api, stageName="v1")
    host = f"{api}.execute-api.us-east-1.amazonaws.com"
    credentials = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-1/execute-api/aws4_request"
    answer = httpx.get(
        f"{cloud.endpoint}/v1/", headers={"Host": host, "Authorization": credentials}, trust_env=False
    )
    assert answer.status_code == 200


def test_public_image_parameters_resolve_for_arm(deploy: Deploy) -> None:
    parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    named = of("SNS::Topic", DisplayName=f"{{{{resolve:ssm:{parameter}}}}}")
    assert deploy({"Topic": named}) == {}
    absent = of("SNS::Topic", DisplayName="{{resolve:ssm:/no/such/parameter}}")
    with pytest.raises(DeploymentFailed, match="/no/such/parameter"):
        deploy({"Topic": absent})

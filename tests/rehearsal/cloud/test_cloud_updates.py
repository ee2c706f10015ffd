"""A template that leaves something out takes it away: what the portal's mutations rely on."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import stack_name

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


NETWORK = {
    "Vpc": of("EC2::VPC", CidrBlock="10.7.0.0/16"),
    "Subnet": of("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.7.1.0/24"),
    "Balancer": of(
        "ElasticLoadBalancingV2::LoadBalancer", Name="rules", Scheme="internal", Subnets=[{"Ref": "Subnet"}]
    ),
    "Targets": of(
        "ElasticLoadBalancingV2::TargetGroup",
        Name="rules",
        Port=80,
        Protocol="HTTP",
        VpcId={"Ref": "Vpc"},
        TargetType="ip",
    ),
    "Listener": of(
        "ElasticLoadBalancingV2::Listener",
        LoadBalancerArn={"Ref": "Balancer"},
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
    ),
}


def test_a_listener_rule_goes(deploy: Deploy, client: Client) -> None:
    rule = of(
        "ElasticLoadBalancingV2::ListenerRule",
        ListenerArn={"Ref": "Listener"},
        Priority=10,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        Tags=[{"Key": "Owner", "Value": "us"}],
    )

    def rules(**more: Any) -> list[dict[str, Any]]:
        listener = deploy({**NETWORK, **more}, Listener={"Ref": "Listener"})["Listener"]
        found = client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
        return [entry for entry in found if not entry["IsDefault"]]

    [made] = rules(Rule=rule)
    tags = client("elbv2").describe_tags(ResourceArns=[made["RuleArn"]])["TagDescriptions"][0]["Tags"]
    assert {"Key": "Owner", "Value": "us"} in tags
    assert rules() == []


def test_a_behaviour_of_a_distribution_goes(deploy: Deploy, client: Client) -> None:
    behaviour = {
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    }

    def paths(*patterns: str) -> list[str]:
        config = {
            "Enabled": True,
            "Origins": [
                {
                    "Id": "site",
                    "DomainName": "site.bank.example",
                    "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
                }
            ],
            "DefaultCacheBehavior": behaviour,
            "CacheBehaviors": [{**behaviour, "PathPattern": pattern} for pattern in patterns],
        }
        distribution = of("CloudFront::Distribution", DistributionConfig=config)
        made = deploy({"Distribution": distribution}, Id={"Ref": "Distribution"})["Id"]
        seen = client("cloudfront").get_distribution_config(Id=made)["DistributionConfig"]
        return [entry["PathPattern"] for entry in seen["CacheBehaviors"].get("Items", [])]

    assert paths("/api/*", "/static/*") == ["/api/*", "/static/*"]
    assert paths("/static/*") == ["/static/*"]


def test_a_grant_of_a_role_goes(deploy: Deploy, client: Client) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.amazonaws.com"}}
    role = of("IAM::Role", RoleName="task", AssumeRolePolicyDocument={"Statement": [trust]})

    def actions(*granted: str) -> list[str]:
        statements = [{"Effect": "Allow", "Action": action, "Resource": "*"} for action in granted]
        policy = of(
            "IAM::Policy",
            PolicyName="grants",
            Roles=[{"Ref": "Role"}],
            PolicyDocument={"Statement": statements},
        )
        deploy({"Role": role, "Policy": policy})
        document = client("iam").get_role_policy(RoleName="task", PolicyName="grants")["PolicyDocument"]
        kept = json.loads(document) if isinstance(document, str) else document
        return [statement["Action"] for statement in kept["Statement"]]

    both = ("secretsmanager:GetSecretValue", "dynamodb:Query")
    assert actions(*both) == list(both)
    assert actions("dynamodb:Query") == ["dynamodb:Query"]


def test_a_method_asks_for_no_key_after_a_new_deployment(deploy: Deploy, client: Client) -> None:
    def key_required(required: bool, deployment: str) -> tuple[bool, str]:
        made = {
            "Api": of("ApiGateway::RestApi", Name="keys"),
            "Get": of(
                "ApiGateway::Method",
                RestApiId={"Ref": "Api"},
                ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
                HttpMethod="GET",
                AuthorizationType="NONE",
                ApiKeyRequired=required,
                Integration={"Type": "MOCK"},
            ),
            deployment: {
                **of("ApiGateway::Deployment", RestApiId={"Ref": "Api"}),
                "DependsOn": ["Get"],
            },
            "Stage": of(
                "ApiGateway::Stage",
                RestApiId={"Ref": "Api"},
                DeploymentId={"Ref": deployment},
                StageName="v1",
            ),
        }
        ids = deploy(
            made,
            Api={"Ref": "Api"},
            Root={"Fn::GetAtt": ["Api", "RootResourceId"]},
            Deployment={"Ref": deployment},
        )
        gateway = client("apigateway")
        stage = gateway.get_stage(restApiId=ids["Api"], stageName="v1")
        assert stage["deploymentId"] == ids["Deployment"]
        method = gateway.get_method(restApiId=ids["Api"], resourceId=ids["Root"], httpMethod="GET")
        return method["apiKeyRequired"], ids["Deployment"]

    required, first = key_required(True, "DeploymentA")
    assert required
    required, second = key_required(False, "DeploymentB")
    assert not required
    assert first != second


def test_the_tags_of_a_delivery_change_in_place(deploy: Deploy, client: Client) -> None:
    def tags(**wanted: str) -> tuple[str, dict[str, str]]:
        resources = {
            "Group": of("Logs::LogGroup", LogGroupName="/delivered"),
            "Source": of(
                "Logs::DeliverySource",
                Name="delivered",
                ResourceArn="arn:aws:cloudfront::111111111111:distribution/E1",
                LogType="ACCESS_LOGS",
            ),
            "Destination": of(
                "Logs::DeliveryDestination",
                Name="delivered",
                DestinationResourceArn={"Fn::GetAtt": ["Group", "Arn"]},
            ),
            "Delivery": {
                **of(
                    "Logs::Delivery",
                    DeliverySourceName="delivered",
                    DeliveryDestinationArn={"Fn::GetAtt": ["Destination", "Arn"]},
                    Tags=[{"Key": key, "Value": value} for key, value in wanted.items()],
                ),
                "DependsOn": "Source",
            },
        }
        arn = deploy(resources, Arn={"Fn::GetAtt": ["Delivery", "Arn"]})["Arn"]
        return arn, client("logs").list_tags_for_resource(resourceArn=arn)["tags"]

    made, first = tags(Owner="us", Old="yes")
    changed, second = tags(Owner="them")

    assert (first, second) == ({"Owner": "us", "Old": "yes"}, {"Owner": "them"})
    assert changed == made


def test_a_change_set_tells_what_replaces_by_the_schemas(
    deploy: Deploy, client: Client, request: pytest.FixtureRequest
) -> None:
    def alarm(threshold: int) -> dict[str, Any]:
        return of(
            "CloudWatch::Alarm",
            AlarmName="told",
            Namespace="N",
            MetricName="M",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=threshold,
        )

    deploy({"Alarm": alarm(1), "Topic": of("SNS::Topic", TopicName="told-a")})
    cloudformation, name = client("cloudformation"), stack_name(request)
    template = {"Resources": {"Alarm": alarm(2), "Topic": of("SNS::Topic", TopicName="told-b")}}
    cloudformation.create_change_set(StackName=name, ChangeSetName="told", TemplateBody=json.dumps(template))
    found = cloudformation.describe_change_set(StackName=name, ChangeSetName="told")["Changes"]
    told = {
        each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"]["Replacement"] for each in found
    }
    assert told == {"Alarm": "False", "Topic": "True"}

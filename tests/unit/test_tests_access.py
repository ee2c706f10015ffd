"""What the pipeline's tests may see and do: probe, role, outputs."""

from __future__ import annotations

from tests.unit.templates import Stage, actions


def test_only_the_test_build_of_the_tools_account_may_become_the_role(stage: Stage) -> None:
    role = stage.portal.one("AWS::IAM::Role", RoleName="pipeline-tests-test")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::999999999999:root"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/tests-build-test"}
    }


def test_the_role_may_invoke_the_probe_read_one_key_and_watch_alarms(stage: Stage) -> None:
    statements = stage.portal.statements("pipeline-tests-test")
    allowed = {action: str(s["Resource"]) for s in statements for action in actions(s)}
    (probe,) = (id_ for id_ in stage.portal.resources("AWS::Lambda::Function") if "Probe" in id_)
    key = stage.portal.id_of("AWS::ApiGateway::ApiKey", Name="tests-api-key-test")
    assert set(allowed) == {"lambda:InvokeFunction", "apigateway:GET", "cloudwatch:DescribeAlarms"}
    assert probe in allowed["lambda:InvokeFunction"]
    assert key in allowed["apigateway:GET"]
    assert "::/apikeys/" in allowed["apigateway:GET"]


def test_the_probe_opens_the_balancers_own_name_with_the_origins(stage: Stage) -> None:
    probe = stage.portal.one("AWS::Lambda::Function", FunctionName="probe-test")
    (balancer,) = stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert probe["Environment"]["Variables"] == {
        "ALB_DNS_NAME": {"Fn::GetAtt": [balancer, "DNSName"]},
        "ORIGIN_NAME": "origin-test.test.bank.example",
    }


def test_the_probe_lives_in_the_app_subnets_and_can_write_its_log_only(stage: Stage) -> None:
    probe = stage.portal.one("AWS::Lambda::Function", FunctionName="probe-test")
    assert str(probe["VpcConfig"]["SubnetIds"]).count("Vpcapp") == 3
    services = {
        action.split(":")[0] for s in stage.portal.statements("probe-role-test") for action in actions(s)
    }
    assert services == {"ec2", "logs"}


def test_the_outputs_fit_into_one_action_of_the_pipeline(stage: Stage) -> None:
    assert set(stage.test_outputs) == {
        "PORTAL_URL",
        "API_URL",
        "PROBE_FUNCTION",
        "TEST_ROLE_ARN",
        "API_KEY_ID",
        "STATIC_BUCKET",
    }
    assert set(stage.test_outputs.values()) <= set(stage.portal.body["Outputs"])


def test_the_urls_are_the_public_names(stage: Stage) -> None:
    outputs = stage.portal.body["Outputs"]
    assert outputs[stage.test_outputs["PORTAL_URL"]]["Value"] == "https://portal-test.test.bank.example"
    assert outputs[stage.test_outputs["API_URL"]]["Value"] == "https://api-test.test.bank.example"


def test_the_api_key_is_the_tests_own(stage: Stage) -> None:
    key = stage.portal.id_of("AWS::ApiGateway::ApiKey", Name="tests-api-key-test")
    output = stage.portal.body["Outputs"][stage.test_outputs["API_KEY_ID"]]
    assert output["Value"] == {"Ref": key}

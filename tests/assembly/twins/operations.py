"""Ways to silence alarms, to hide who pays, and to tangle stacks."""

from __future__ import annotations

import json

from tests.assembly.invariants import alarms, stacks, tags
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties


@breaks(alarms.a_zone_without_a_way_out_pages)
def keep_the_drops_of_a_zone_from_the_page(synthesis: Synthesis) -> None:
    composite = properties(synthesis, "foundation-prod", alarms.COMPOSITE)
    parts = composite["AlarmRule"]["Fn::Join"][1]
    dropped = next(part for part in parts if "Group2Drops" in str(part))
    parts.remove(dropped)


@breaks(alarms.a_zone_without_a_way_out_pages)
def leave_the_network_out_of_degraded(synthesis: Synthesis) -> None:
    composite = properties(synthesis, "portal-dev", alarms.COMPOSITE, "Degraded")
    parts = composite["AlarmRule"]["Fn::Join"][1]
    network = next(part for part in parts if "Fn::ImportValue" in part)
    parts.remove(network)
    composite["ActionsSuppressor"] = network


@breaks(alarms.alarms_act)
def ring_for_nobody(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", alarms.ALARM)["AlarmActions"] = []


@breaks(alarms.alarms_act)
def never_say_that_it_is_over(synthesis: Synthesis) -> None:
    del properties(synthesis, "foundation-dev", alarms.ALARM)["OKActions"]


@breaks(alarms.alarms_act)
def page_what_is_no_topic(synthesis: Synthesis) -> None:
    key = properties(synthesis, "portal-prod", "AWS::Logs::LogGroup")["KmsKeyId"]
    properties(synthesis, "portal-prod", alarms.COMPOSITE)["AlarmActions"] = [key]


@breaks(alarms.alarms_act)
def turn_an_alarm_off(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", alarms.ALARM)["ActionsEnabled"] = False


@breaks(alarms.alarms_say_what_silence_means)
def leave_silence_to_cloudwatch(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-prod", alarms.ALARM)["TreatMissingData"]


@breaks(alarms.alarms_are_explained)
def wake_without_a_word(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", alarms.ALARM)["AlarmDescription"]


@breaks(alarms.alarms_look_back_as_far_as_they_may)
def look_back_two_days(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", alarms.ALARM, "CdnBlocked")["EvaluationPeriods"] = 2 * 288


@breaks(alarms.alarms_look_back_as_far_as_they_may)
def look_back_two_weeks_by_the_hour(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", alarms.ALARM, "AuroraStorage")["EvaluationPeriods"] = 14 * 24


@breaks(alarms.alarms_look_back_as_far_as_they_may)
def watch_too_much_at_once(synthesis: Synthesis) -> None:
    metrics = properties(synthesis, "portal-prod", alarms.ALARM, "SessionsErrors")["Metrics"]
    metrics += [metric for metric in metrics if "MetricStat" in metric]


@breaks(alarms.two_composites_page)
def page_for_another_reason(synthesis: Synthesis) -> None:
    composite = properties(synthesis, "portal-prod", alarms.COMPOSITE, "Degraded")
    composite["AlarmName"] = "slow-alarm-prod"


@breaks(alarms.two_composites_page)
def page_for_no_alarm(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", alarms.COMPOSITE)["AlarmRule"] = "FALSE"


@breaks(alarms.two_composites_page)
def page_by_the_name_of_an_alarm(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", alarms.COMPOSITE)["AlarmRule"] = 'ALARM("probe-alarm-prod")'


@breaks(alarms.two_composites_page)
def page_when_all_is_well(synthesis: Synthesis) -> None:
    composite = properties(synthesis, "portal-prod", alarms.COMPOSITE)
    composite["AlarmRule"] = json.loads(json.dumps(composite["AlarmRule"]).replace("ALARM(", "OK("))


@breaks(alarms.two_composites_page)
def page_by_another_page(synthesis: Synthesis) -> None:
    composite = properties(synthesis, "portal-prod", alarms.COMPOSITE, "Degraded")
    other = next(id_ for id_, _ in synthesis.template("portal-prod").resources(alarms.COMPOSITE))
    composite["AlarmRule"]["Fn::Join"][1] += [' OR ALARM("', {"Fn::GetAtt": [other, "Arn"]}, '")']


@breaks(alarms.the_dashboard_shows_what_matters)
def hide_the_connections(synthesis: Synthesis) -> None:
    board = properties(synthesis, "portal-prod", "AWS::CloudWatch::Dashboard")
    hidden = json.dumps(board["DashboardBody"]).replace("DatabaseConnections", "DatabaseConnectionAttempts")
    board["DashboardBody"] = json.loads(hidden)


@breaks(alarms.the_dashboard_shows_what_matters)
def spread_it_over_two_dashboards(synthesis: Synthesis) -> None:
    for template in synthesis.tier("portal"):
        board = {"DashboardName": f"further-dashboard-{template.suffix}", "DashboardBody": "{}"}
        add(synthesis, template.stack, "AWS::CloudWatch::Dashboard", **board)


@breaks(tags.everything_is_tagged)
def leave_a_table_untagged(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", "AWS::DynamoDB::GlobalTable")["Replicas"][0]["Tags"]


@breaks(tags.what_takes_no_other_tag_has_none)
def tag_a_vpc_origin(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", "AWS::CloudFront::VpcOrigin")["Tags"] = [
        {"Key": "Team", "Value": "a"}
    ]


@breaks(tags.everything_is_tagged)
def leave_a_build_untagged(synthesis: Synthesis) -> None:
    del properties(synthesis, "pipeline-tools", "AWS::CodeBuild::Project")["Tags"]


@breaks(tags.everything_is_tagged)
def leave_a_volume_untagged(synthesis: Synthesis) -> None:
    template = properties(synthesis, "foundation-prod", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    template["TagSpecifications"] = [
        one for one in template["TagSpecifications"] if one["ResourceType"] != "volume"
    ]


@breaks(tags.everything_is_tagged)
def tag_with_nothing(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", "AWS::ApiGatewayV2::VpcLink")["Tags"]["ManagedBy"] = ""


@breaks(tags.tags_name_the_environment)
def tag_prod_as_dev(synthesis: Synthesis) -> None:
    link = properties(synthesis, "portal-prod", "AWS::ApiGatewayV2::VpcLink")
    link["Tags"]["Environment"] = "dev"


@breaks(tags.an_environment_has_one_payer)
def let_another_pay(synthesis: Synthesis) -> None:
    link = properties(synthesis, "portal-prod", "AWS::ApiGatewayV2::VpcLink")
    link["Tags"]["CostCenter"] = "cc-1"


@breaks(stacks.templates_are_within_limits)
def outgrow_a_template(synthesis: Synthesis) -> None:
    synthesis.template("data-dev").size = 900_000


@breaks(stacks.templates_are_within_limits)
def declare_too_many_outputs(synthesis: Synthesis) -> None:
    outputs = {f"Output{number}": {"Value": "x"} for number in range(161)}
    synthesis.template("pipeline-tools").body["Outputs"] = outputs


@breaks(stacks.exports_follow_the_layers)
def import_from_another_environment(synthesis: Synthesis) -> None:
    of_dev = properties(synthesis, "portal-dev", "AWS::ApiGatewayV2::VpcLink")["SubnetIds"]
    properties(synthesis, "portal-prod", "AWS::ApiGatewayV2::VpcLink")["SubnetIds"] = of_dev


@breaks(stacks.exports_are_there_and_used)
def export_for_nobody(synthesis: Synthesis) -> None:
    output = {"Value": "x", "Export": {"Name": "data-dev:Unused"}}
    synthesis.template("data-dev").body["Outputs"]["Unused"] = output


@breaks(stacks.exports_are_there_and_used)
def import_what_nobody_exports(synthesis: Synthesis) -> None:
    link = properties(synthesis, "portal-prod", "AWS::ApiGatewayV2::VpcLink")
    link["SubnetIds"].append({"Fn::ImportValue": "foundation-prod:Subnet4"})


@breaks(stacks.references_lead_somewhere)
def refer_to_nothing(synthesis: Synthesis) -> None:
    add(
        synthesis, "pipeline-tools", "AWS::KMS::Alias", AliasName="alias/x-tools", TargetKeyId={"Ref": "None"}
    )


@breaks(stacks.stacks_are_deployed_in_layers)
def deploy_without_waiting(synthesis: Synthesis) -> None:
    manifest = next(one for folder, one in synthesis.manifests.items() if folder.endswith("-dev"))
    for artifact in manifest["artifacts"].values():
        artifact["dependencies"] = []

"""Ways to break the pipeline."""

from __future__ import annotations

from tests.assembly.invariants import pipeline
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis


@breaks(pipeline.stages_come_in_order)
def deploy_before_mutating(synthesis: Synthesis) -> None:
    stages = synthesis.pipeline["Stages"]
    stages.append(stages.pop(2))


@breaks(pipeline.stages_come_in_order)
def lose_a_gate(synthesis: Synthesis) -> None:
    synthesis.pipeline["Stages"] = [s for s in synthesis.pipeline["Stages"] if s["Name"] != "Gate-prod"]


@breaks(pipeline.every_commit_gets_its_turn)
def supersede(synthesis: Synthesis) -> None:
    synthesis.pipeline["ExecutionMode"] = "SUPERSEDED"


@breaks(pipeline.every_commit_gets_its_turn)
def do_not_restart(synthesis: Synthesis) -> None:
    synthesis.pipeline["RestartExecutionOnUpdate"] = False


@breaks(pipeline.gates_only_ask)
def ask_inside_an_environment(synthesis: Synthesis) -> None:
    (approval,) = synthesis.stage("Gate-prod")
    synthesis.stage("prod").insert(0, dict(approval, RunOrder=2))


@breaks(pipeline.gates_only_ask)
def open_a_gate(synthesis: Synthesis) -> None:
    synthesis.stage("Gate-staging").clear()


@breaks(pipeline.environments_are_checked_first)
def lose_the_check(synthesis: Synthesis) -> None:
    actions = synthesis.stage("prod")
    actions[:] = [action for action in actions if action["Name"] != "Check"]


@breaks(pipeline.environments_are_tested_last)
def lose_the_tests(synthesis: Synthesis) -> None:
    synthesis.stage("staging").pop()


@breaks(pipeline.environments_are_tested_last)
def run_the_tests_before_deploying(synthesis: Synthesis) -> None:
    synthesis.stage("dev")[-1]["RunOrder"] = 2


@breaks(pipeline.environments_are_tested_last)
def run_the_tests_against_dev(synthesis: Synthesis) -> None:
    synthesis.stage("prod")[-1]["Configuration"]["EnvironmentVariables"] = synthesis.stage("dev")[-1][
        "Configuration"
    ]["EnvironmentVariables"]


@breaks(pipeline.configuration_values_fit)
def hand_over_too_much(synthesis: Synthesis) -> None:
    synthesis.stage("dev")[0]["Configuration"]["ParameterOverrides"] = "x" * 1001


@breaks(pipeline.synth_reads_the_commit)
def inline_the_synth(synthesis: Synthesis) -> None:
    synthesis.project(synthesis.stage("Build")[0])["Source"]["BuildSpec"] = '{"version": "0.2"}'


@breaks(pipeline.tools_are_pinned)
def unpin_the_cli(synthesis: Synthesis) -> None:
    for name, buildspec in synthesis.buildspecs.items():
        synthesis.buildspecs[name] = buildspec.replace("aws-cdk@", "aws-cdk@^")


@breaks(pipeline.self_mutation_reads_the_assembly)
def inline_the_self_mutation(synthesis: Synthesis) -> None:
    source = synthesis.project(synthesis.stage("UpdatePipeline")[0])["Source"]
    source["BuildSpec"] = synthesis.buildspecs[source["BuildSpec"]]


@breaks(pipeline.self_mutation_reads_the_assembly)
def leave_the_buildspec_out_of_the_assembly(synthesis: Synthesis) -> None:
    del synthesis.buildspecs["buildspec-self-mutate.yml"]


@breaks(pipeline.builders_run_on_arm)
def build_on_x86(synthesis: Synthesis) -> None:
    synthesis.project(synthesis.stage("Build")[0])["Environment"]["Type"] = "LINUX_CONTAINER"


@breaks(pipeline.builders_run_on_arm)
def privilege_the_tests(synthesis: Synthesis) -> None:
    synthesis.project(synthesis.stage("dev")[-1])["Environment"]["PrivilegedMode"] = True


@breaks(pipeline.tiers_are_deployed_one_after_the_other)
def deploy_two_tiers_at_once(synthesis: Synthesis) -> None:
    for action in synthesis.stage("staging"):
        if action["Name"] == "data-staging.Prepare":
            action["RunOrder"] = 2


@breaks(pipeline.tiers_are_deployed_one_after_the_other)
def prepare_while_deploying(synthesis: Synthesis) -> None:
    _, prepare, deploy, *_ = sorted(synthesis.stage("dev"), key=lambda one: int(one["RunOrder"]))
    deploy["RunOrder"] = prepare["RunOrder"]


@breaks(pipeline.tiers_are_deployed_one_after_the_other)
def deploy_the_data_first(synthesis: Synthesis) -> None:
    orders = {action["Name"]: action for action in synthesis.stage("dev")}
    for step in ("Prepare", "Deploy"):
        below, above = (orders[f"{tier}-dev.{step}"] for tier in ("foundation", "data"))
        below["RunOrder"], above["RunOrder"] = above["RunOrder"], below["RunOrder"]


@breaks(pipeline.actions_fit)
def crowd_a_stage(synthesis: Synthesis) -> None:
    source = synthesis.stage("Source")
    source += [dict(source[0], Name=f"Source-{number}") for number in range(50)]


@breaks(pipeline.actions_fit)
def name_two_actions_alike(synthesis: Synthesis) -> None:
    source = synthesis.stage("Source")
    source.append(source[0])


@breaks(pipeline.buildspecs_fit)
def write_a_long_buildspec(synthesis: Synthesis) -> None:
    source = synthesis.project(synthesis.stage("dev")[-1])["Source"]
    source["BuildSpec"] += " " * 25_600


@breaks(pipeline.tools_are_pinned)
def publish_with_the_newest(synthesis: Synthesis) -> None:
    for name, buildspec in synthesis.buildspecs.items():
        synthesis.buildspecs[name] = buildspec.replace("cdk-assets@", "cdk-assets@latest-")

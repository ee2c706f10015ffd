"""The stacks: how large they may grow, and who may depend on whom."""

from __future__ import annotations

from collections.abc import Iterator

from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis, references

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LIMITS = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}
TEMPLATE_BYTES = 1_000_000
# What is left free, so that the next change is not the one that hits the limit.
USED = 0.8
# Who imports from whom.
LAYERS = {"foundation": set(), "data": {"foundation"}, "portal": {"foundation", "data"}, "pipeline": set()}


@invariant
def templates_are_within_limits(synthesis: Synthesis) -> Iterator[str]:
    """Resources, outputs, parameters and bytes, each with a fifth to spare."""
    for template in synthesis.templates:
        for section, limit in LIMITS.items():
            count = len(template.body.get(section, {}))
            if count > USED * limit:
                yield told(template.stack, section, found=count, wanted=f"at most {USED:.0%} of {limit}")
        if template.size > USED * TEMPLATE_BYTES:
            wanted = f"at most {USED:.0%} of {TEMPLATE_BYTES}"
            yield told(template.stack, "template", found=f"{template.size} bytes", wanted=wanted)


@invariant
def exports_follow_the_layers(synthesis: Synthesis) -> Iterator[str]:
    """An environment's tiers import from the tiers below, of the same environment, and from all of them."""
    for template in synthesis.templates:
        imported = {name for function, name in references(template.body) if function == "Fn::ImportValue"}
        below = {f"{tier}-{template.suffix}" for tier in LAYERS[template.tier]}
        found = {name.partition(":")[0] for name in imported}
        if found != below:
            yield told(template.stack, "imports", found=sorted(found), wanted=sorted(below))


@invariant
def exports_are_there_and_used(synthesis: Synthesis) -> Iterator[str]:
    """Nobody imports what is not exported, and nothing is exported for nobody, which would lock it in place."""
    exported = {name: template.stack for template in synthesis.templates for name in template.exports}
    imported = {
        name: template.stack
        for template in synthesis.templates
        for function, name in references(template.body)
        if function == "Fn::ImportValue"
    }
    for name in sorted(imported.keys() - exported.keys()):
        yield told(imported[name], name, found="an import of it", wanted="an export")
    for name in sorted(exported.keys() - imported.keys()):
        yield told(exported[name], name, found="an export for nobody", wanted="an import")


@invariant
def references_lead_somewhere(synthesis: Synthesis) -> Iterator[str]:
    """Every reference within a template names a resource or parameter of it."""
    for template in synthesis.templates:
        known = template.body["Resources"].keys() | template.body.get("Parameters", {}).keys()
        for function, target in references(template.body["Resources"]):
            if function != "Fn::ImportValue" and target not in known and not target.startswith("AWS::"):
                yield told(template.stack, target, found=f"a {function} to it", wanted="a resource")


@invariant
def stacks_are_deployed_in_layers(synthesis: Synthesis) -> Iterator[str]:
    """The manifest makes each tier wait for those from which it imports."""
    for folder, manifest in synthesis.manifests.items():
        stacks = {
            id_: artifact
            for id_, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        names = {id_: artifact["properties"].get("stackName", id_) for id_, artifact in stacks.items()}
        for id_, artifact in stacks.items():
            tier, _, suffix = names[id_].partition("-")
            found = {names[other] for other in artifact.get("dependencies", []) if other in names}
            wanted = {f"{below}-{suffix}" for below in LAYERS[tier]}
            if found != wanted:
                yield told(names[id_], folder, found=f"it after {sorted(found)}", wanted=sorted(wanted))

"""The assembly as a whole: where it goes, what it waits for, what it says, who can read it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

# Built or not by configuration, so that one environment may have them and another not; by logical id.
BY_CONFIGURATION = re.compile(
    r"Nat(?:Interface|Address|LaunchTemplate|Group|AlarmsNatGroup|EndsEventsRule|RefreshZone)|InterfaceEndpoints|endpoints(?:sg|from)"
    # The capacity of Serverless v2.
    r"|AlarmsAuroraCapacity"
)


@invariant
def one_region_only(synthesis: Synthesis) -> Iterator[str]:
    """Everything is in us-east-1, and no template mentions another Region."""
    for template in synthesis.templates:
        if template.region != "us-east-1":
            yield told(template.stack, "stack", found=template.region, wanted="us-east-1")
        for region in sorted(_regions_in(json.dumps(template.body)) - {"us-east-1"}):
            yield told(template.stack, "template", found=f"a mention of {region}", wanted="us-east-1 alone")


@lru_cache(maxsize=64)
def _regions_in(text: str) -> frozenset[str]:
    """Every Region that it mentions; remembered, because a twin changes one template of ten."""
    return frozenset(re.findall(r"\b(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d", text))


@invariant
def nothing_is_looked_up(synthesis: Synthesis) -> Iterator[str]:
    """No manifest waits for a look-up in an account: the synthesis works offline."""
    for folder, manifest in synthesis.manifests.items():
        for missing in manifest.get("missing", []):
            yield told(folder, "manifest", found=f"a look-up of {missing['key']}", wanted="none")


@invariant
def nothing_warns(synthesis: Synthesis) -> Iterator[str]:
    """No construct leaves a warning or an error behind: each is mended, or acknowledged with its reason."""
    for path, message in synthesis.annotations.items():
        yield told("assembly", path, found=f"the warning {message!r}", wanted="none")


@invariant
def environments_are_alike(synthesis: Synthesis) -> Iterator[str]:
    """The same logical ids in every environment: the suffix is in names, never in construct ids."""
    seen: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for template in synthesis.templates:
        if template.tier != "pipeline":
            seen[template.tier][template.suffix] = {
                # A deployment's id ends with a hash of what it deploys, hostnames included.
                logical_id[:-32] if resource["Type"] == "AWS::ApiGateway::Deployment" else logical_id
                for logical_id, resource in template.resources()
                if not BY_CONFIGURATION.search(logical_id)
            }
    for tier, environments in seen.items():
        everywhere = set.intersection(*environments.values())
        for suffix, logical_ids in environments.items():
            for logical_id in sorted(logical_ids - everywhere):
                yield told(
                    f"{tier}-{suffix}", logical_id, found="it here only", wanted="it in every environment"
                )


@invariant
def schema_is_readable(synthesis: Synthesis) -> Iterator[str]:
    """The pinned CLI and the pinned cdk-assets read what the pinned library writes."""
    for folder, manifest in synthesis.manifests.items():
        written = int(manifest["version"].partition(".")[0])
        for tool, newest in synthesis.readable.items():
            if written > newest:
                yield told(
                    folder, "manifest", found=f"schema {written}", wanted=f"{newest}, which {tool} reads"
                )

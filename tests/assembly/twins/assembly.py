"""Ways to break the assembly as a whole."""

from __future__ import annotations

from tests.assembly.invariants import assembly
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis


@breaks(assembly.one_region_only)
def deploy_elsewhere(synthesis: Synthesis) -> None:
    for template in synthesis.templates:
        template.region = "eu-central-1"


@breaks(assembly.one_region_only)
def mention_another_region(synthesis: Synthesis) -> None:
    synthesis.template("portal-dev").body["Description"] = "Served from eu-central-1a"


@breaks(assembly.nothing_is_looked_up)
def look_up_zones(synthesis: Synthesis) -> None:
    synthesis.manifests["."]["missing"] = [{"key": "availability-zones", "provider": "availability-zones"}]


@breaks(assembly.nothing_warns)
def leave_a_warning(synthesis: Synthesis) -> None:
    synthesis.annotations["/pipeline-tools/dev/Data"] = "an option is deprecated"


@breaks(assembly.environments_are_alike)
def put_the_suffix_into_an_id(synthesis: Synthesis) -> None:
    resources = synthesis.template("portal-dev").body["Resources"]
    (id_,) = [id_ for id_, resource in resources.items() if resource["Type"] == "AWS::CloudWatch::Dashboard"]
    resources["Dev" + id_] = resources.pop(id_)


@breaks(assembly.schema_is_readable)
def write_a_newer_schema(synthesis: Synthesis) -> None:
    synthesis.manifests["."]["version"] = "55.0.0"

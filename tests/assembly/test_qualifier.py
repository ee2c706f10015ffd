"""A bank that bootstraps with a qualifier of its own, which it names in `cdk.json`, finds it everywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.account_baseline import NAME
from portal_stage.qualifier import DEFAULT, KEY, configured_qualifier
from tests.assembly.cloud_assembly import ROOT
from tests.assembly.projects import project_copy

OWN = "bank4711"


def test_the_templates_and_the_account_baseline_follow_it(tmp_path: Path) -> None:
    project = project_copy(tmp_path, lambda text: text)
    shutil.copytree(ROOT / "compliance", project / "compliance")
    flags = json.loads((project / "cdk.json").read_text(encoding="utf-8"))
    flags["context"][KEY] = OWN
    (project / "cdk.json").write_text(json.dumps(flags), encoding="utf-8")
    assert configured_qualifier(project / "cdk.json") == OWN

    # The gate is on, so that a finding whose acknowledgement names another qualifier fails the synthesis.
    env = os.environ | {
        "CDK_OUTDIR": str(tmp_path / "cdk.out"),
        "CDK_CONTEXT_JSON": json.dumps({**flags["context"], "compliance": "on"}),
    }
    program = (
        "from pathlib import Path; from pipeline.account_baseline import synthesize;"
        "synthesize(Path('baseline'), tools_account='444444444444')"
    )
    for command in ([sys.executable, "app.py"], [sys.executable, "-c", program]):
        done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    written = [
        *(tmp_path / "cdk.out").rglob("*.json"),
        *(project / "baseline").rglob(f"{NAME}*.json"),
        *(tmp_path / "cdk.out").glob("buildspec-*"),
    ]
    assert len(written) > 10
    assert [str(path) for path in written if DEFAULT in path.read_text(encoding="utf-8")] == []
    assert OWN in (tmp_path / "cdk.out" / "manifest.json").read_text(encoding="utf-8")

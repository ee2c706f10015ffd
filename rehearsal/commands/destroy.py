"""`destroy`: everything that the pipeline deployed, and the pipeline, removed by the CDK CLI; then the proof."""

import argparse

from rich.console import Console

from .command import Command, project_of

TEACHES = """\
Runs the real `cdk destroy` of every environment, the last one first, and of the pipeline, against the rehearsal that
is up. Then every service of every account is asked what it still holds: nothing may be left but the bootstrap and
what was there before. The exit code is 0 if nothing is left, 1 if something is.

examples:
  python -m rehearsal up && python -m rehearsal destroy
  python -m rehearsal destroy --json       what is left, by account and listing, as JSON
"""


def _run(arguments: argparse.Namespace, console: Console) -> int:
    # Imported late, so that --help and a wrong argument answer at once.
    from rehearsal.destroy import destroy

    return destroy(project_of(arguments), console=console, as_json=arguments.json)


DESTROY = Command(
    name="destroy",
    summary="remove every environment and the pipeline, and prove that nothing is left",
    teaches=TEACHES,
    run=_run,
    json="print what is left, and what could not be counted, as JSON on standard output",
)

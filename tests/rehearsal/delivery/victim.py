"""A process with a cloud and an engine that is killed by a test: `python -m ... STATE WORK`.

It deploys the template that it reads on its standard input, pushes, and tells when the first action that is no
source action runs.
"""

import json
import sys
import time
from pathlib import Path

from rehearsal.cloud import Cloud
from rehearsal.runtime import guard
from tests.rehearsal.delivery.world import World, until


def main(state: Path, work: Path) -> None:
    guard.start(state)
    with Cloud(state) as cloud:
        world = World(cloud, state, work)
        world.deploy(json.load(sys.stdin))
        world.push()
        until(lambda: any(a.status for e in world.engine.executions() for a in e.stages[1].actions))
        until(lambda: any(a.token or a.external_id for a in world.engine.executions()[0].stages[1].actions))
        print("ready", flush=True)
        time.sleep(600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The end: the CDK CLI removes everything it may, and what somebody retains is found."""

import json

from .operator import Operator


def test_destroy_finds_the_bucket_that_cdk_retains_by_default(operator: Operator) -> None:
    execution = operator.push("something to destroy", greeting="soon gone")
    deployed = "dev/greeting-dev.Deploy"
    operator.until(lambda: operator.actions(execution).get(deployed) == "Succeeded", "the deployment of dev")
    assert operator.greeting("dev") == "soon gone"

    answer = json.loads(operator.command("destroy", "--json", code=1))

    assert operator.greeting("dev") is None
    assert list(answer["seconds"]) == ["prod", "dev", "greeting-pipeline"]
    assert not answer["clean"]
    (bucket,) = answer["left"]["555555555555"]["s3 buckets"]
    assert "artifactsbucket" in bucket
    assert list(answer["left"]["555555555555"]) == ["s3 buckets"]

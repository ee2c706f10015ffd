"""CloudFront's door: behaviours, certificate, S3 behind OAC, the load balancer as a VPC origin."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.rehearsal.edge.site import Site, listed


@pytest.fixture
def site(world: Any, frontend: int, backend: int) -> Site:
    return Site(world, frontend, backend)


def test_behaviours_lead_to_their_origins(client: httpx.Client, site: Site) -> None:
    url = site.deploy()

    assert client.get(f"{url}/").json()["target"] == "frontend"
    assert client.get(f"{url}/api/health").json()["target"] == "backend"
    assert client.get(f"{url}/static/app.js").text == "let here"


def test_request_reaches_the_balancer_by_the_origins_name(client: httpx.Client, site: Site) -> None:
    seen = client.post(f"{site.deploy()}/api/sessions?a=1", content=b"{}").json()

    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/api/sessions?a=1", "{}")
    assert seen["headers"]["host"] == site.world.host("origin")
    assert "cloudfront" in seen["headers"]["via"].lower()


def test_plain_http_is_redirected(client: httpx.Client, site: Site) -> None:
    url = site.deploy()

    answer = client.get(f"{url.replace('https', 'http')}/a?b=c")

    assert (answer.status_code, answer.headers["location"]) == (301, f"{url}/a?b=c")


def test_method_that_a_behaviour_does_not_allow_is_refused(client: httpx.Client, site: Site) -> None:
    assert client.post(f"{site.deploy()}/").status_code == 403


def test_without_its_behaviour_a_path_falls_to_the_default(client: httpx.Client, site: Site) -> None:
    site.config["CacheBehaviors"] = listed(site.config["CacheBehaviors"]["Items"][1:])

    assert client.post(f"{site.deploy()}/api/sessions").status_code == 403


def test_head_of_a_file_has_its_length(client: httpx.Client, site: Site) -> None:
    answer = client.head(f"{site.deploy()}/static/app.js")

    assert (answer.headers["content-length"], answer.content) == ("8", b"")


# The emulator takes whoever shows no credentials for the account of zeros.
@pytest.mark.parametrize("account", ["111111111111", "000000000000"])
def test_bucket_itself_refuses(
    client: httpx.Client, world_of: Callable[[str], Any], account: str, frontend: int, backend: int
) -> None:
    site = Site(world_of(account), frontend, backend)
    site.deploy()

    answer = client.get(f"https://{site.bucket}.s3.us-east-1.amazonaws.com/static/app.js")

    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text


def test_public_bucket_answers_unless_public_access_is_blocked(client: httpx.Client, site: Site) -> None:
    s3 = site.world.client("s3")
    s3.delete_public_access_block(Bucket=site.bucket)
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{site.bucket}/*",
    }
    s3.put_bucket_policy(
        Bucket=site.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    url = f"https://{site.bucket}.s3.us-east-1.amazonaws.com/static/app.js"
    before = client.get(url)
    s3.put_public_access_block(
        Bucket=site.bucket,
        PublicAccessBlockConfiguration={"RestrictPublicBuckets": True, "BlockPublicPolicy": True},
    )

    assert (before.status_code, before.text) == (200, "let here")
    assert client.get(url).status_code == 403


def test_without_the_buckets_policy_its_files_are_refused(client: httpx.Client, site: Site) -> None:
    url = site.deploy()
    site.world.client("s3").delete_bucket_policy(Bucket=site.bucket)

    assert client.get(f"{url}/static/app.js").status_code == 403


def test_own_domain_name_has_cloudfronts_certificate(client: httpx.Client, site: Site) -> None:
    site.deploy()

    assert client.get(f"https://{site.domain_name}/").json()["target"] == "frontend"


def test_without_the_alias_the_certificate_does_not_fit(client: httpx.Client, site: Site) -> None:
    site.config["Aliases"] = {"Quantity": 0}

    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
        client.get(site.deploy())


def test_without_the_record_the_name_does_not_resolve(client: httpx.Client, site: Site) -> None:
    url = site.deploy()
    site.world.unalias("portal", site.domain_name)

    with pytest.raises(httpx.ProxyError, match="NXDOMAIN"):
        client.get(url)


def test_origin_name_outside_the_listeners_certificate_is_a_bad_gateway(
    client: httpx.Client, world: Any, frontend: int, backend: int
) -> None:
    site = Site(world, frontend, backend, origin_host=world.host("other"))

    assert client.get(f"{site.deploy()}/").status_code == 502


def test_without_the_listener_the_origin_is_a_bad_gateway(client: httpx.Client, site: Site) -> None:
    url = site.deploy()
    site.world.client("elbv2").delete_listener(ListenerArn=site.listener)

    assert client.get(f"{url}/").status_code == 502


def test_custom_error_response_replaces_cloudfronts_own_failure(client: httpx.Client, site: Site) -> None:
    page = {"ResponsePagePath": "/static/maintenance.html", "ResponseCode": "502", "ErrorCachingMinTTL": 0}
    site.config["CustomErrorResponses"] = listed([{"ErrorCode": 502, **page}])
    url = site.deploy()
    site.world.client("elbv2").delete_listener(ListenerArn=site.listener)

    answer = client.get(f"{url}/")

    assert (answer.status_code, answer.text) == (502, "back soon")

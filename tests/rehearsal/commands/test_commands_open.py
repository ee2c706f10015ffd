"""What is deployed is listed by environment, opened in a browser, and reached by the AWS CLI and psql."""

import base64
import hashlib
import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import trustme

from rehearsal.client import shell as operator_shell
from rehearsal.commands.open import _key_hash
from tests.rehearsal.commands.shell import Shell, in_a_process_of_its_own
from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.service.world import World

DEV, HOST = "111122223333", "shop.dev.example.com"


def assembly(state: Path) -> None:
    """The pipeline's stack, and a stack of an environment dev in another account."""

    def stack(id_: str, account: str, template: dict[str, Any]) -> dict[str, Any]:
        file = f"{id_.replace('/', '-')}.json"
        (folder / file).write_text(json.dumps(template))
        return {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/us-east-1",
            "displayName": id_,
            "properties": {"templateFile": file},
        }

    folder = state / "cdk.out"
    folder.mkdir(parents=True)
    pipeline = {"Resources": {"Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {}}}}
    artifacts = {
        "delivery": stack("delivery", ACCOUNT, pipeline),
        "dev": stack("delivery/dev/Shop", DEV, {"Resources": {}}),
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


@pytest.fixture
def standing(world: World, project: Path) -> World:
    """A rehearsal with a host name in dev's account, and the file that a shell sources."""
    state = project / "build" / "rehearsal"
    assembly(state)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(state / "authority.pem"))
    told = {
        "AWS_ENDPOINT_URL": world.cloud.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        "NODE_EXTRA_CA_CERTS": str(state / "authority.pem"),
    }
    operator_shell.write(state, told, accounts={"dev": DEV, "delivery": ACCOUNT}, region="us-east-1")
    route53 = world.cloud.client("route53", DEV)
    zone = route53.create_hosted_zone(Name="dev.example.com", CallerReference="1")["HostedZone"]["Id"]
    records = [("A", f"{HOST}.", "127.0.0.1"), ("CNAME", f"_proof.{HOST}.", "acm.example.com")]
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {"Name": n, "Type": t, "TTL": 60, "ResourceRecords": [{"Value": v}]},
        }
        for t, n, v in records
    ]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return world


def test_addresses_are_listed_by_environment_without_proofs_of_certificates(
    standing: World, shell: Shell
) -> None:
    assert shell.json("open") == {"dev": [HOST], "delivery": []}
    assert shell("open") == 0
    assert f"  dev: https://{HOST}/" in shell.said
    assert "python -m rehearsal psql dev" in shell.said
    assert "and then also aws --profile dev" in shell.said


def test_before_anything_is_deployed_the_list_says_so(standing: World, shell: Shell) -> None:
    import ministack.app

    ministack.app._reset_all_state()
    assert shell("open") == 0
    assert "Nothing that is deployed has a name yet." in shell.said


def test_a_host_that_is_not_deployed_is_refused_with_what_is(standing: World, shell: Shell) -> None:
    assert shell.refused("open", "shop.example.com") == f"'shop.example.com' is not deployed: there is {HOST}"


def test_without_a_browser_it_says_what_any_browser_needs(
    standing: World, shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = shell.refused("open", HOST)
    assert "the proxy http://127.0.0.1:9, and the authority " in told


def test_a_browser_is_given_the_proxy_the_authority_and_a_profile_of_its_own(
    standing: World, shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project: Path
) -> None:
    browser, noted = tmp_path / "chromium", tmp_path / "noted"
    os.mkfifo(noted)
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{noted}\n')
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert shell("open", f"https://{HOST}/") == 0
    state = project / "build" / "rehearsal"
    assert noted.read_text().splitlines() == [
        f"--user-data-dir={state / 'browser'}",
        "--proxy-server=http://127.0.0.1:9",
        f"--ignore-certificate-errors-spki-list={_key_hash(state / 'authority.pem')}",
        "--no-first-run",
        f"https://{HOST}/",
    ]


def test_chromium_knows_the_authority_by_the_hash_that_openssl_makes(tmp_path: Path) -> None:
    certificate = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(certificate))
    public = subprocess.check_output(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"])
    key = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True, capture_output=True
    ).stdout
    assert _key_hash(certificate) == base64.b64encode(hashlib.sha256(key).digest()).decode()


@pytest.mark.parametrize("name", ["dev", DEV])
def test_the_aws_cli_acts_in_the_environments_account(standing: World, project: Path, name: str) -> None:
    shell = Shell(project, in_a_process_of_its_own)
    asked = ("sts", "get-caller-identity", "--query", "Account", "--output", "text")
    assert shell("aws", name, *asked) == 0, shell.complained
    assert shell.said.strip() == DEV
    assert shell("aws", name, "sts", "no-such-command") != 0


def test_the_profiles_of_a_sourced_shell_are_the_environments(standing: World, project: Path) -> None:
    source = f"set -a; . {project}/build/rehearsal/environment; set +a"
    asked = "aws --profile dev sts get-caller-identity --query Account --output text"
    said = subprocess.check_output(["/bin/sh", "-c", f"{source}; {asked}"], text=True)
    assert said.strip() == DEV


@pytest.mark.parametrize("command", [("aws", "uat", "s3", "ls"), ("psql", "uat")])
def test_an_unknown_environment_is_refused_with_the_known_ones(
    standing: World, shell: Shell, command: tuple[str, ...]
) -> None:
    assert shell.refused(*command) == "environment 'uat': use one of dev, delivery"


def test_an_account_without_a_database_is_told(standing: World, shell: Shell) -> None:
    assert shell.refused("psql", "dev") == (
        "dev has these clusters: none; deploy the environment first: python -m rehearsal push"
    )


@pytest.mark.parametrize("command", [("open",), ("aws", "dev"), ("psql", "dev")])
def test_while_a_run_is_at_work_that_is_told(world: World, shell: Shell, command: tuple[str, ...]) -> None:
    assert "a `run` is at work here: " in shell.refused(*command)

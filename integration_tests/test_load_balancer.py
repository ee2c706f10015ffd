"""Door 1: the internal load balancer, looked at by the probe from inside the VPC."""

import json
import ssl
import time

from integration_tests.environment import Portal
from integration_tests.probe import Probe

ENOUGH_SECONDS = 7 * 24 * 3600  # a certificate is renewed weeks before it ends


def test_tls_is_version_1_3(load_balancer: Probe) -> None:
    tls = load_balancer.get("/healthz").tls

    assert tls["version"] == "TLSv1.3", f"the load balancer agreed on {tls['version']}"


def test_certificate_names_the_portal_and_ends_no_time_soon(load_balancer: Probe, portal: Portal) -> None:
    tls = load_balancer.get("/healthz").tls

    names = set(tls["subject_alt_names"])
    assert portal.hosts <= names, (
        f"the certificate is for {sorted(names)}, not for all of {sorted(portal.hosts)}"
    )
    assert not any("*" in name for name in names), f"a wildcard in {sorted(names)}"
    left = ssl.cert_time_to_seconds(tls["not_after"]) - time.time()
    assert left > ENOUGH_SECONDS, f"the certificate of {tls['issuer']} ends on {tls['not_after']}"


def test_healthz_is_answered_by_the_frontend(load_balancer: Probe) -> None:
    seen = load_balancer.get("/healthz")

    assert (seen.status, seen.served_by) == (200, "frontend"), seen


def test_api_health_is_answered_by_the_backend(load_balancer: Probe) -> None:
    seen = load_balancer.get("/api/health")

    assert (seen.status, seen.served_by) == (200, "backend"), seen


def test_backend_is_ready_with_its_database_and_its_sessions(load_balancer: Probe) -> None:
    seen = load_balancer.get("/api/ready")

    assert seen.served_by == "backend", seen
    report = json.loads(seen.body)
    assert (seen.status, report["failing"]) == (200, []), (
        f"not ready: {report['failing']}: {report['checks']}"
    )


def test_unknown_path_is_answered_by_the_frontend(load_balancer: Probe) -> None:
    seen = load_balancer.get("/no-such-page")

    assert (seen.status, seen.served_by) == (404, "frontend"), seen

"""docs/requirements.md: every clause of the request has its row, its files and its proof."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.unit.documents import CODE, ROOT, rows

TEXT = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = {row[0]: row for row in rows(TEXT)}
# The request, clause by clause, by the sections of the page.
REQUEST = {
    "The pipeline": """Python; self-mutating CDK Pipelines; CodeConnections source; dev, staging and prod;
        manual approvals between them; integration tests that the ALB can be reached;
        integration tests that CloudFront can be reached; integration tests that API Gateway can be reached""",
    "Network": "3-AZ VPC; public and private subnets; NAT instances; route tables; NACLs",
    "Containers and load balancer": """Fargate frontend and backend; Spot for the non-critical; scaling on demand;
        ALB; path routing; health checks; TLS termination""",
    "Data": """Aurora PostgreSQL; one writer, two readers; failover; encryption of Aurora; DynamoDB sessions;
        on demand; GSIs; PITR""",
    "Ways in": """API Gateway entry; throttling; backend integration; API keys; CloudFront; S3 and ALB origins;
        edge caching; HTTPS enforced; Route 53 with failover""",
    "Monitoring": """dashboards for ECS CPU, memory, task count; RDS connections and performance;
        API latency and errors; alarms""",
    "Names, Region, and the end of it": """us-east-1; `{resource-type}-{environment-suffix}` in all names;
        no retention policy; no deletion protection; destroyable; no final snapshot; buckets auto-delete""",
    "Security": """least privilege; minimal ports; encryption at rest; encryption in transit;
        no hard-coded secrets; Secrets Manager for database credentials""",
    "Speed and cost": """scaling on CPU and memory; replicas; caching; quick health checks;
        log retention 7 to 14 days; Serverless v2 where it suits; cost tags""",
    "What comes with it": "unit tests; integration tests; deployment documentation",
}
INVARIANTS = re.compile(r"invariants? ((?:`[\w.]+`(?:, )?)+)")


def proofs(cell: str) -> list[str]:
    """The node ids that the last cell of a row names."""
    found = [
        f"tests/assembly/test_invariants.py::test_invariant_holds[{name}]"
        for names in INVARIANTS.findall(cell)
        for name in CODE.findall(names)
    ]
    return found + [f"tests/{code}" for code in CODE.findall(cell) if "::" in code]


@pytest.mark.parametrize("section", REQUEST)
def test_every_clause_of_the_request_has_its_row(section: str) -> None:
    (text,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert [row[0] for row in rows(text)] == [clause.strip() for clause in REQUEST[section].split(";")]


def test_the_page_has_no_other_section() -> None:
    assert re.findall(r"^## (.*)$", TEXT, re.MULTILINE) == list(REQUEST)


def test_every_clause_names_its_files_and_they_exist() -> None:
    paths = {clause: CODE.findall(where) for clause, where, _ in ROWS.values()}
    assert [clause for clause, found in paths.items() if not found] == []
    assert [path for found in paths.values() for path in found if not (ROOT / path).exists()] == []


def test_every_clause_names_a_proof() -> None:
    assert [clause for clause, _, cell in ROWS.values() if not proofs(cell)] == []


def test_pytest_finds_every_proof() -> None:
    wanted = sorted({proof for row in ROWS.values() for proof in proofs(row[-1])})
    # The whole files, because pytest stops at the first name that it does not find.
    files = sorted({proof.partition("::")[0] for proof in wanted})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", *files]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    collected = set(result.stdout.splitlines())
    collected |= {name.partition("[")[0] for name in collected}
    assert [proof for proof in wanted if proof not in collected] == []

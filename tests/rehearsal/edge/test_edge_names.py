"""Resolution: what the deployed zones say, and nothing that they do not."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.edge import Edge

ACCOUNT = "111111111111"


@pytest.fixture
def port(edge: Edge, world: Any, frontend: int) -> int:
    """The door of a plain listener, whose balancer stands under `target`."""
    balancer = world.balancer()
    world.listener(balancer, world.target_group(frontend), Protocol="HTTP", Port=80, SslPolicy=None)
    world.alias("target", balancer["DNSName"])
    found = edge.resolve(world.host("target"), 80)
    assert found is not None
    return found[1]


def test_name_that_nobody_deployed_is_not_resolved(edge: Edge) -> None:
    assert edge.resolve("pypi.org", 443) is None


def test_doors_are_on_loopback(edge: Edge, world: Any, port: int) -> None:
    assert edge.resolve(world.host("target"), 80) == ("127.0.0.1", port)


@pytest.mark.parametrize("spelling", ["TARGET.{zone}", "target.{zone}."])
def test_spelling_of_a_name_does_not_matter(edge: Edge, world: Any, port: int, spelling: str) -> None:
    assert edge.resolve(spelling.format(zone=world.zone_name), 80) == ("127.0.0.1", port)


def test_canonical_name_is_followed(edge: Edge, world: Any, port: int) -> None:
    target = [{"Value": world.host("target")}]
    world.change_record("CREATE", "www", Type="CNAME", TTL=60, ResourceRecords=target)

    assert edge.resolve(world.host("www"), 80) == ("127.0.0.1", port)


def test_canonical_name_outside_leads_outside(edge: Edge, world: Any) -> None:
    target = [{"Value": "status.elsewhere.example"}]
    world.change_record("CREATE", "status", Type="CNAME", TTL=60, ResourceRecords=target)

    assert edge.resolve(world.host("status"), 443) == ("status.elsewhere.example", 443)


def test_address_record_is_the_address(edge: Edge, world: Any) -> None:
    world.change_record("CREATE", "db", TTL=60, ResourceRecords=[{"Value": "127.0.0.9"}])

    assert edge.resolve(world.host("db"), 5432) == ("127.0.0.9", 5432)


def test_wildcard_answers_where_no_record_does(edge: Edge, world: Any, port: int) -> None:
    world.change_record("CREATE", "*", TTL=60, ResourceRecords=[{"Value": "127.0.0.9"}])

    assert edge.resolve(world.host("anything"), 80) == ("127.0.0.9", 80)
    assert edge.resolve(world.host("anything.at.all"), 80) == ("127.0.0.9", 80)
    assert edge.resolve(world.host("target"), 80) == ("127.0.0.1", port)


@pytest.mark.parametrize("name", ["there", "below.there", "apart", "else.apart"])
def test_wildcard_answers_for_no_name_that_is_there_nor_below_it(edge: Edge, world: Any, name: str) -> None:
    """Not even for one of another type, and for one that is there only as the parent of another."""
    world.change_record("CREATE", "*", TTL=60, ResourceRecords=[{"Value": "127.0.0.9"}])
    for label in ("there", "deep.apart"):
        world.change_record("CREATE", label, Type="TXT", TTL=60, ResourceRecords=[{"Value": '"x"'}])

    with pytest.raises(LookupError, match="NXDOMAIN"):
        edge.resolve(world.host(name), 80)


def test_wildcard_next_above_a_name_answers(edge: Edge, world: Any) -> None:
    for label, address in (("*", "127.0.0.9"), ("*.dev", "127.0.0.8")):
        world.change_record("CREATE", label, TTL=60, ResourceRecords=[{"Value": address}])

    assert edge.resolve(world.host("portal.dev"), 80) == ("127.0.0.8", 80)
    assert edge.resolve(world.host("portal"), 80) == ("127.0.0.9", 80)


def test_primary_comes_before_secondary(edge: Edge, world: Any) -> None:
    for member, value in (("SECONDARY", "127.0.0.2"), ("PRIMARY", "127.0.0.3")):
        world.change_record(
            "CREATE",
            "portal",
            TTL=60,
            SetIdentifier=member,
            Failover=member,
            ResourceRecords=[{"Value": value}],
        )

    assert edge.resolve(world.host("portal"), 443) == ("127.0.0.3", 443)


def test_delegated_zone_answers_for_its_names(edge: Edge, world: Any, port: int) -> None:
    """A record for the name in the zone above counts no more."""
    world.change_record("CREATE", "portal.dev", TTL=60, ResourceRecords=[{"Value": "127.0.0.4"}])
    assert edge.resolve(world.host("portal.dev"), 80) == ("127.0.0.4", 80)

    world.client("route53").create_hosted_zone(
        Name=f"dev.{world.zone_name}", CallerReference=f"dev.{world.zone_name}"
    )

    with pytest.raises(LookupError, match=rf"NXDOMAIN: no record of zone dev\.{world.zone_name}"):
        edge.resolve(world.host("portal.dev"), 80)


def test_alias_to_what_is_not_deployed_does_not_resolve(edge: Edge, world: Any) -> None:
    world.alias("gone", "gone-1234.us-east-1.elb.amazonaws.com")

    with pytest.raises(LookupError, match="NXDOMAIN"):
        edge.resolve(world.host("gone"), 443)


def test_records_that_point_at_each_other_do_not_resolve(edge: Edge, world: Any) -> None:
    for label, other in (("a", "b"), ("b", "a")):
        target = [{"Value": world.host(other)}]
        world.change_record("CREATE", label, Type="CNAME", TTL=60, ResourceRecords=target)

    with pytest.raises(LookupError, match="NXDOMAIN"):
        edge.resolve(world.host("a"), 80)


@pytest.fixture
def aurora(cloud: Cloud) -> Iterator[str]:
    """A cluster of a writer and two readers, recorded as whoever runs its servers records them; its suffix."""
    from ministack.services import rds

    suffix = "x1.us-east-1.rds.amazonaws.com"
    scope = (ACCOUNT, "us-east-1")
    members = [("writer", "127.88.0.1"), ("reader-1", "127.88.0.2"), ("reader-2", "127.88.0.3")]
    for name, address in members:
        instance = {
            "DBInstanceIdentifier": name,
            "Endpoint": {"Address": f"{name}.{suffix}", "Port": 5432},
            "_internal_address": address,
        }
        rds._instances.set_scoped(*scope, name, instance)
    cluster = {
        "Endpoint": f"db.cluster-{suffix}",
        "ReaderEndpoint": f"db.cluster-ro-{suffix}",
        "DBClusterMembers": [
            {"DBInstanceIdentifier": name, "IsClusterWriter": name == "writer"} for name, _ in members
        ],
    }
    rds._clusters.set_scoped(*scope, "db", cluster)
    yield suffix
    rds._clusters.pop_scoped(*scope, "db")
    for name, _ in members:
        rds._instances.pop_scoped(*scope, name)


def test_writer_endpoint_is_the_writer(edge: Edge, aurora: str) -> None:
    assert edge.resolve(f"db.cluster-{aurora}", 5432) == ("127.88.0.1", 5432)
    assert edge.resolve(f"reader-2.{aurora}", 5432) == ("127.88.0.3", 5432)


def test_reader_endpoint_spreads_over_the_readers(edge: Edge, aurora: str) -> None:
    found = {edge.resolve(f"db.cluster-ro-{aurora}", 5432) for _ in range(50)}

    assert found == {("127.88.0.2", 5432), ("127.88.0.3", 5432)}


def test_database_does_not_listen_on_another_port(edge: Edge, aurora: str) -> None:
    with pytest.raises(LookupError, match="listens on port 5432, not on 443"):
        edge.resolve(f"db.cluster-{aurora}", 443)

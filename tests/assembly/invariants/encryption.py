"""Encrypted at rest, by the environment's own key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis, Template


def _at(*path: str | int) -> Callable[[dict[str, Any]], Any]:
    """Reads a value by its path; None where there is none."""

    def read(value: Any) -> Any:
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError):
                return None
        return value

    return read


# Where a type says which key encrypts it.
KEYS: dict[str, tuple[Callable[[dict[str, Any]], Any], ...]] = {
    "AWS::CodeBuild::Project": (_at("EncryptionKey"),),
    "AWS::CodePipeline::Pipeline": (_at("ArtifactStore", "EncryptionKey", "Id"),),
    "AWS::DynamoDB::GlobalTable": (_at("Replicas", 0, "SSESpecification", "KMSMasterKeyId"),),
    "AWS::DynamoDB::Table": (_at("SSESpecification", "KMSMasterKeyId"),),
    "AWS::ECR::Repository": (_at("EncryptionConfiguration", "KmsKey"),),
    "AWS::Logs::LogGroup": (_at("KmsKeyId"),),
    "AWS::RDS::DBCluster": (
        _at("KmsKeyId"),
        _at("MasterUserSecret", "KmsKeyId"),
        _at("PerformanceInsightsKmsKeyId"),
    ),
    "AWS::RDS::DBInstance": (_at("PerformanceInsightsKMSKeyId"),),
    "AWS::SNS::Topic": (_at("KmsMasterKeyId"),),
    "AWS::SQS::Queue": (_at("KmsMasterKeyId"),),
    "AWS::SecretsManager::Secret": (_at("KmsKeyId"),),
}
# Buckets that S3's own key encrypts: load balancers and S3 cannot write logs with another, and static files are public.
OWN_KEY_OF_S3 = ("alb-logs", "artifacts-logs", "static")


def _our_keys(synthesis: Synthesis, template: Template) -> set[tuple[str, str]]:
    """The one key of the environment, or of the pipeline."""
    home = template.stack if template.tier == "pipeline" else f"foundation-{template.suffix}"
    return synthesis.template(home).places("AWS::KMS::Key")


@invariant
def data_is_encrypted_by_our_key(synthesis: Synthesis) -> Iterator[str]:
    """Whatever keeps data or logs names the customer-managed key of its environment."""
    for template, logical_id, resource in synthesis.resources(*KEYS):
        ours = _our_keys(synthesis, template)
        for read in KEYS[resource["Type"]]:
            key = read(resource.get("Properties", {}))
            if not ours.intersection(synthesis.pointed_at(template, key)):
                yield told(
                    template.stack, logical_id, found=f"the key {key}", wanted="that of its environment"
                )


@invariant
def storage_is_encrypted(synthesis: Synthesis) -> Iterator[str]:
    """A key alone does not do it: the switches beside it are on."""
    yield from each_has(synthesis, "AWS::RDS::DBCluster", field="StorageEncrypted", wanted=[True])
    by_key = {"SSEEnabled": True, "SSEType": "KMS"}
    yield from each_has(synthesis, "AWS::DynamoDB::GlobalTable", field="SSESpecification", wanted=[by_key])
    for template, logical_id, properties in synthesis.properties("AWS::EC2::LaunchTemplate"):
        for volume in properties["LaunchTemplateData"].get("BlockDeviceMappings", [{}]):
            if volume.get("Ebs", {}).get("Encrypted") is not True:
                yield told(template.stack, logical_id, found="a volume in clear", wanted="Encrypted")


@invariant
def buckets_are_encrypted_and_closed(synthesis: Synthesis) -> Iterator[str]:
    """The environment's key where the writer can use it; nothing public anywhere."""
    for template, logical_id, properties in synthesis.properties("AWS::S3::Bucket"):
        rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
        rule = rules[0].get("ServerSideEncryptionByDefault", {})
        own = _our_keys(synthesis, template).intersection(
            synthesis.pointed_at(template, rule.get("KMSMasterKeyID"))
        )
        by_s3 = properties.get("BucketNamePrefix", "").startswith(OWN_KEY_OF_S3)
        if not own and not (by_s3 and rule.get("SSEAlgorithm") == "AES256"):
            yield told(template.stack, logical_id, found=f"encryption {rule}", wanted="its environment's key")
        closed = properties.get("PublicAccessBlockConfiguration", {})
        if len(closed) != 4 or not all(closed.values()):
            yield told(template.stack, logical_id, found=f"public access {closed}", wanted="all four blocked")


@invariant
def keys_rotate(synthesis: Synthesis) -> Iterator[str]:
    """Every key of ours rotates once a year."""
    yield from each_has(synthesis, "AWS::KMS::Key", field="EnableKeyRotation", wanted=[True])

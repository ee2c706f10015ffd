"""PCI DSS: the rules of the pack that concern what is deployed here, and where their controls stand in version 4.0.

The pack knows version 3.2.1, which retired in March 2024; no pack of 4.0 exists. The controls of a rule are those that
cdk-nag's RULES.md names. The requirements of 4.0 are those with the same subject, by the wording of the two
standards; PCI SSC tells the whole of it in "Summary of Changes from PCI DSS Version 3.2.1 to 4.0".
"""

from __future__ import annotations

_NETWORK = "1.2 1.2.1 1.3 1.3.1 1.3.2"
_NOT_PUBLIC = f"{_NETWORK} 1.3.4 1.3.6 2.2.2"
_AUDIT_DETAILS = "10.3.1 10.3.2 10.3.3 10.3.4 10.3.5 10.3.6"
_LEAST_PRIVILEGE = "7.1.2 7.1.3 7.2.1 7.2.2"

CONTROLS = {
    rule: controls.split()
    for rule, controls in {
        "ALBHttpDropInvalidHeaderEnabled": "4.1 8.2.1",
        "ALBHttpToHttpsRedirection": "2.3 4.1 8.2.1",
        "ALBWAFEnabled": "6.6",
        "APIGWAssociatedWithWAF": "6.6",
        "APIGWCacheEnabledAndEncrypted": "3.4",
        "APIGWExecutionLoggingEnabled": f"10.1 {_AUDIT_DETAILS} 10.5.4",
        "APIGWSSLEnabled": "2.3 4.1 8.2.1",
        "CloudWatchLogGroupEncrypted": "3.4",
        "CloudWatchLogGroupRetentionPeriod": "3.1 10.7",
        "CodeBuildProjectEnvVarAwsCred": "8.2.1",
        "CodeBuildProjectSourceRepoUrl": "8.2.1",
        "EC2RestrictedCommonPorts": f"{_NETWORK} 2.2 2.2.2",
        "EC2RestrictedSSH": f"{_NETWORK} 2.2 2.2.2",
        "ELBLoggingEnabled": f"10.1 {_AUDIT_DETAILS} 10.5.4",
        "ELBv2ACMCertificateRequired": "4.1",
        "IAMNoInlinePolicy": f"2.2 {_LEAST_PRIVILEGE}",
        "IAMPolicyNoStatementsWithAdminAccess": f"2.2 {_LEAST_PRIVILEGE}",
        "IAMPolicyNoStatementsWithFullAccess": _LEAST_PRIVILEGE,
        "KMSBackingKeyRotationEnabled": "2.2 3.5 3.6 3.6.4",
        "LambdaFunctionPublicAccessProhibited": f"{_NETWORK} 1.3.4 2.2.2",
        "LambdaInsideVPC": f"{_NETWORK} 1.3.4 2.2.2",
        "RDSAutomaticMinorVersionUpgradeEnabled": "6.2",
        "RDSInstancePublicAccess": _NOT_PUBLIC,
        "RDSStorageEncrypted": "3.4 8.2.1",
        "S3BucketLevelPublicAccessProhibited": _NOT_PUBLIC,
        "S3BucketLoggingEnabled": f"2.2 10.1 10.2.1 10.2.2 10.2.3 10.2.4 10.2.5 10.2.7 {_AUDIT_DETAILS}",
        "S3BucketReplicationEnabled": "2.2 10.5.3",
        "S3BucketSSLRequestsOnly": "2.2 4.1 8.2.1",
        "S3BucketVersioningEnabled": "10.5.3",
        "S3DefaultEncryptionKMS": "3.4 8.2.1 10.5",
        "SNSEncryptedKMS": "3.4 8.2.1",
        "VPCDefaultSecurityGroupClosed": f"{_NETWORK} 2.1 2.2 2.2.2",
        "VPCNoUnrestrictedRouteToIGW": f"{_NETWORK} 2.2.2",
        "VPCSubnetAutoAssignPublicIpDisabled": _NOT_PUBLIC,
        "WAFv2LoggingEnabled": f"10.1 {_AUDIT_DETAILS} 10.5.4",
    }.items()
}
"""Rule -> controls of version 3.2.1."""

REQUIREMENTS = {
    "1.2": ("1.4.1", "controls between trusted and untrusted networks"),
    "1.2.1": ("1.3.1, 1.3.2", "traffic into and out of the cardholder data environment"),
    "1.3": ("1.4", "connections between trusted and untrusted networks"),
    "1.3.1": ("1.4.2", "inbound traffic from untrusted networks"),
    "1.3.2": ("1.4.2", "inbound traffic from untrusted networks"),
    "1.3.4": ("1.3.2", "outbound traffic"),
    "1.3.6": ("1.4.4", "what stores cardholder data is not reached directly"),
    "2.1": ("2.2.2", "vendors' defaults"),
    "2.2": ("2.2.1", "configuration standards"),
    "2.2.2": ("2.2.4", "only what is necessary runs"),
    "2.3": ("2.2.7", "administrative access encrypted"),
    "3.1": ("3.2.1", "retention and disposal of account data"),
    "3.4": ("3.5.1", "stored account numbers unreadable"),
    "3.5": ("3.6.1", "keys protected"),
    "3.6": ("3.7", "management of keys"),
    "3.6.4": ("3.7.4", "keys changed at their end of life"),
    "4.1": ("4.2.1", "strong cryptography in transmission"),
    "6.2": ("6.3.3", "security patches"),
    "6.6": ("6.4.1, 6.4.2", "attacks on public web applications"),
    "7.1.2": ("7.2.2", "least privilege"),
    "7.1.3": ("7.2.2", "access by job function"),
    "7.2.1": ("7.3.1", "access control covers all components"),
    "7.2.2": ("7.3.2", "access control enforces the job's permissions"),
    "8.2.1": ("8.3.2", "authentication factors unreadable"),
    "10.1": ("10.2.1", "audit logs active"),
    "10.2.1": ("10.2.1.1", "users' access to cardholder data"),
    "10.2.2": ("10.2.1.2", "administrators' actions"),
    "10.2.3": ("10.2.1.3", "access to audit logs"),
    "10.2.4": ("10.2.1.4", "invalid access attempts"),
    "10.2.5": ("10.2.1.5", "changes of credentials"),
    "10.2.7": ("10.2.1.7", "system objects made and deleted"),
    **{f"10.3.{number}": ("10.2.2", "what an audit log records") for number in range(1, 7)},
    "10.5": ("10.3", "audit logs protected"),
    "10.5.3": ("10.3.3", "audit logs backed up promptly"),
    "10.5.4": ("10.3.3", "audit logs of what faces outwards, in a central place"),
    "10.7": ("10.5.1", "audit logs kept for twelve months"),
}
"""Control of version 3.2.1 -> requirements of version 4.0, and their subject."""


def requirements(rule: str) -> str:
    """The requirements of 4.0 that a rule bears on, in their order: `4.2.1, 8.3.2`."""
    found = {number for control in CONTROLS[rule] for number in REQUIREMENTS[control][0].split(", ")}
    return ", ".join(sorted(found, key=lambda number: [int(part) for part in number.split(".")]))

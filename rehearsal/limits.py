"""What the rehearsal records but does not act out, so that a green run claims no more than it showed."""

from rehearsal.assembly import Assembly

# By the resource type that asks for it: what a reader must still see on AWS.
NOT_REHEARSED = {
    "AWS::EC2::SecurityGroup": "security groups: kept and described, no packet is filtered",
    "AWS::EC2::NetworkAcl": "network ACLs: kept and described, no packet is filtered",
    "AWS::AutoScaling::AutoScalingGroup": (
        "instances of Auto Scaling groups: their groups are kept, nothing boots, nothing is routed, and no deployment "
        "waits for their signals"
    ),
    "AWS::Scheduler::Schedule": "schedules: kept, their hour does not come",
    "AWS::KMS::Key": (
        "KMS: data at rest stays as it is on this disk; key policies are asked about a task's secrets and the "
        "pipeline's artifacts, not where another service encrypts for its caller"
    ),
    "AWS::IAM::Policy": (
        "IAM: calls are refused by policies and by trust; but CloudFormation's role is asked by action, not by "
        "resource, and nobody where one service acts for another (deliveries, scaling, scheduling)"
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": "scaling: targets and policies are kept, counts do not change",
    "AWS::CertificateManager::Certificate": "certificates: a throw-away authority signs the names at once",
    "AWS::CloudFront::Distribution": "CloudFront: behaviours and origins act, nothing is cached and there is one edge",
    "AWS::ECS::Service": (
        "Fargate: tasks are processes of this machine's architecture, with the user's rights and a writable disk; "
        "after a deployment a failing health check does not replace them"
    ),
    "AWS::RDS::DBCluster": "Aurora: PostgreSQL processes stand in for its storage, versions and Serverless capacity",
    "AWS::WAFv2::WebACL": "WAF: rules are kept and not evaluated",
    "AWS::CloudWatch::Alarm": "alarms: kept, metrics do not drive them",
    "AWS::Route53::HealthCheck": "failover: health checks do not run, so the primary record always answers",
    "AWS::EC2::FlowLog": "flow logs: kept, no connection is written down",
    "AWS::SNS::Topic": "notifications: topics are kept, nobody is told",
    "AWS::EC2::VPCEndpoint": "VPC endpoints: kept, traffic does not use them",
}


def not_rehearsed(assembly: Assembly) -> list[str]:
    """The lines of the table that this assembly calls for, in the table's order."""
    types = {
        resource["Type"] for stack in assembly.stacks for resource in stack.template["Resources"].values()
    }
    return [line for type_, line in NOT_REHEARSED.items() if type_ in types]

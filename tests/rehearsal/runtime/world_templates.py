"""What the world deploys that is killed: a database, a service, and a change that does not come to its end."""

import json

from tests.rehearsal.roles import policy, trust
from tests.rehearsal.runtime.databases import instance

ACCOUNT = "222222222222"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web:1"
DATA = {
    "Resources": {
        "Cluster": {
            "Type": "AWS::RDS::DBCluster",
            "Properties": {
                "Engine": "aurora-postgresql",
                "EngineVersion": "16.11",
                "DBClusterIdentifier": "aurora",
                "MasterUsername": "portal_admin",
                "ManageMasterUserPassword": True,
                "DatabaseName": "portal",
            },
        },
        "Writer": instance("writer"),
        "Reader": instance("reader", DependsOn="Writer"),
    },
    "Outputs": {
        "Secret": {"Value": {"Fn::GetAtt": ["Cluster", "MasterUserSecret.SecretArn"]}},
        "Host": {"Value": {"Fn::GetAtt": ["Cluster", "Endpoint.Address"]}},
    },
}
PULL = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
)
ROLE = {
    "AssumeRolePolicyDocument": json.loads(trust(Service="ecs-tasks.amazonaws.com")),
    "Policies": [{"PolicyName": "pull", "PolicyDocument": json.loads(policy(*PULL, Resource="*"))}],
}
WEB = {
    "Resources": {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "main"}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": ROLE},
        "Group": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {"Protocol": "HTTP", "Port": 8080, "TargetType": "ip", "VpcId": "vpc-1"},
        },
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"Name": "web", "Scheme": "internal", "Subnets": ["subnet-1", "subnet-2"]},
        },
        # ECS takes no target group to which no listener leads.
        "Listener": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Protocol": "HTTP",
                "Port": 8080,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}],
            },
        },
        "Tasks": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "Family": "web",
                "NetworkMode": "awsvpc",
                "RequiresCompatibilities": ["FARGATE"],
                "Cpu": "256",
                "Memory": "512",
                "TaskRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "ContainerDefinitions": [
                    {"Name": "web", "Image": IMAGE, "PortMappings": [{"ContainerPort": 8080}]}
                ],
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "DependsOn": "Listener",
            "Properties": {
                "ServiceName": "web",
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Tasks"},
                "DesiredCount": 2,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}},
                "LoadBalancers": [
                    {"TargetGroupArn": {"Ref": "Group"}, "ContainerName": "web", "ContainerPort": 8080}
                ],
            },
        },
    },
    "Outputs": {"Group": {"Value": {"Ref": "Group"}}},
}
SLOW = {
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "half-done"}},
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "DependsOn": "Topic",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "300"},
        },
    }
}

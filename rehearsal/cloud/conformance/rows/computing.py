"""ECS, Lambda, IAM."""

from ...types.row import Call, Occasion, constant, identity
from ..readback import ReadBack, Source


def _policy_of_first_role(occasion: Occasion) -> str:
    return str(occasion.properties["Roles"][0])


ROWS = (
    ReadBack(
        type="AWS::ECS::Cluster",
        service="ecs",
        source=Source(
            call=Call(
                "describe_clusters",
                clusters=lambda o: [o.id],
                include=constant(["TAGS", "SETTINGS", "CONFIGURATIONS"]),
            ),
            path="clusters[0]",
        ),
        properties={"ClusterSettings": "settings[].{Name: name, Value: value}"},
    ),
    ReadBack(
        type="AWS::ECS::ClusterCapacityProviderAssociations",
        service="ecs",
        source=Source(call=Call("describe_clusters", clusters=lambda o: [o.id]), path="clusters[0]"),
        properties={"Cluster": "clusterName"},
    ),
    ReadBack(
        type="AWS::ECS::TaskDefinition",
        service="ecs",
        source=Source(call=Call("describe_task_definition", taskDefinition=identity), path="taskDefinition"),
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::ECS::Service",
        service="ecs",
        source=Source(
            call=Call(
                "describe_services",
                services=lambda o: [o.id],
                cluster=lambda o: o.properties["Cluster"],
                include=constant(["TAGS"]),
            ),
            path="services[0]",
        ),
        unread=("Cluster",),
    ),
    ReadBack(
        type="AWS::Lambda::Function",
        service="lambda",
        source=Source(call=Call("get_function", FunctionName=identity), path="Configuration"),
        properties={
            "Tags": Source(call=Call("get_function", FunctionName=identity), path="Tags"),
            "Layers": "Layers[].Arn",
        },
        unread=("Code",),
    ),
    ReadBack(
        type="AWS::IAM::Role",
        service="iam",
        source=Source(call=Call("get_role", RoleName=identity), path="Role"),
        properties={
            "ManagedPolicyArns": Source(
                call=Call("list_attached_role_policies", RoleName=identity),
                path="AttachedPolicies[].PolicyArn",
            ),
            "PermissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
        },
        # Their documents are read back one by one where they are AWS::IAM::Policy.
        unread=("Policies",),
    ),
    ReadBack(
        type="AWS::IAM::InstanceProfile",
        service="iam",
        source=Source(
            call=Call("get_instance_profile", InstanceProfileName=identity), path="InstanceProfile"
        ),
        properties={"Roles": "Roles[].RoleName"},
    ),
    ReadBack(
        type="AWS::IAM::Policy",
        service="iam",
        source=Source(call=Call("get_role_policy", RoleName=_policy_of_first_role), path="@"),
        properties={"Roles": "[RoleName]"},
    ),
)

"""CodeBuild, alarms and the other services around the pipeline."""

from ...types.row import Call, constant
from ..readback import ReadBack, Source

ROWS = (
    ReadBack(
        type="AWS::CodeBuild::Project",
        service="codebuild",
        source=Source(call=Call("batch_get_projects", names=lambda o: [o.id]), path="projects[0]"),
    ),
    ReadBack(
        type="AWS::CloudWatch::Alarm",
        service="cloudwatch",
        source=Source(call=Call("describe_alarms", AlarmNames=lambda o: [o.id]), path="MetricAlarms[0]"),
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::CloudWatch::CompositeAlarm",
        service="cloudwatch",
        source=Source(
            call=Call(
                "describe_alarms",
                AlarmNames=lambda o: [o.id],
                AlarmTypes=constant(["CompositeAlarm"]),
            ),
            path="CompositeAlarms[0]",
        ),
        unread=("Tags",),
    ),
)

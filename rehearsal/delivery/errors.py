"""What the delivery service refuses, in AWS's error codes, and how an action or an execution ends early."""


class DeliveryError(Exception):
    """A request that CodePipeline refuses; `code` is AWS's name for the error."""

    code = "ValidationException"


class PipelineNotFoundError(DeliveryError):
    """No pipeline of this name is deployed."""

    code = "PipelineNotFoundException"


class StageNotFoundError(DeliveryError):
    """The pipeline has no such stage."""

    code = "StageNotFoundException"


class ActionNotFoundError(DeliveryError):
    """The stage has no such action, or it waits for nobody."""

    code = "ActionNotFoundException"


class InvalidApprovalTokenError(DeliveryError):
    """The token belongs to another waiting approval, or to none."""

    code = "InvalidApprovalTokenException"


class ApprovalAlreadyCompletedError(DeliveryError):
    """Somebody has answered already, or the approval has expired."""

    code = "ApprovalAlreadyCompletedException"


class InvalidStructureError(DeliveryError):
    """The declaration of a pipeline breaks CodePipeline's rules; the message lists every breach."""

    code = "InvalidStructureException"


class PipelineVersionNotFoundError(DeliveryError):
    """The pipeline never had this version."""

    code = "PipelineVersionNotFoundException"


class ExecutionNotFoundError(DeliveryError):
    """The pipeline has no execution of this id."""

    code = "PipelineExecutionNotFoundException"


class ExecutionNotStoppableError(DeliveryError):
    """The execution has ended already."""

    code = "PipelineExecutionNotStoppableException"


class DuplicatedStopRequestError(DeliveryError):
    """The execution is being stopped already."""

    code = "DuplicatedStopRequestException"


class StageNotRetryableError(DeliveryError):
    """The stage has no failed action, or the pipeline's structure has changed since."""

    code = "StageNotRetryableException"


class NotLatestExecutionError(DeliveryError):
    """A later execution has been in the stage since."""

    code = "NotLatestPipelineExecutionException"


class TooManyExecutionsError(DeliveryError):
    """As many executions as may be at once have not ended yet."""

    code = "ConcurrentPipelineExecutionsLimitExceededException"


class ResourceNotFoundError(DeliveryError):
    """Nothing has this ARN, or there is no such project or build."""

    code = "ResourceNotFoundException"


class TooManyTagsError(DeliveryError):
    """A resource has at most 50 tags."""

    code = "TooManyTagsException"


class InvalidInputError(DeliveryError):
    """A request that CodeBuild refuses."""

    code = "InvalidInputException"


class ActionFailed(Exception):  # noqa: N818 - what happened, not a fault of the program
    """The action ends as Failed, with this message as its error."""


class BuildEnded(ActionFailed):
    """A build did not succeed: `status` is CodeBuild's word for it, such as FAILED or TIMED_OUT."""

    def __init__(self, status: str, reason: str = "") -> None:
        super().__init__(f"Build terminated with state: {status}{reason}")
        self.status = status


class Abandoned(Exception):  # noqa: N818 - likewise
    """The execution is being stopped or cancelled: the action gives up without a result."""


def internal(error: Exception) -> str:
    """What an action says that has failed by a fault of the rehearsal's own."""
    return f"Internal error: {type(error).__name__}: {error}"

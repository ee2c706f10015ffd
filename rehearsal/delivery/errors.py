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


class ActionFailed(Exception):  # noqa: N818 - what happened, not a fault of the program
    """The action ends as Failed, with this message as its error."""


class Abandoned(Exception):  # noqa: N818 - likewise
    """The execution is being stopped or cancelled: the action gives up without a result."""

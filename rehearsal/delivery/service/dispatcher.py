"""The one way of every request: parsed and checked by the model, handed to its operation, the answer shaped."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session

from ..engine import Engine
from ..errors import DeliveryError
from . import answers, requests
from .call import Call, Operation
from .errors import ConstraintError, RefusedError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Response:
    """What goes back over HTTP; the body is JSON, or empty."""

    status: int
    body: bytes

    @classmethod
    def failure(cls, code: str, message: str, status: int = 400) -> "Response":
        """An error of AWS's form."""
        return cls(status=status, body=json.dumps({"__type": code, "message": message}).encode())


class Service:
    """A service of AWS's JSON protocol: `name` is botocore's, `operations` a function for each of the model's."""

    def __init__(self, name: str, operations: Mapping[str, Operation], engine: Engine) -> None:
        self._model = botocore.session.get_session().get_service_model(name)
        self._operations, self._engine = operations, engine
        unknown = operations.keys() - set(self._model.operation_names)
        if unknown:
            raise ValueError(f"{name} has no operations {', '.join(sorted(unknown))}")

    @property
    def target_prefix(self) -> str:
        """What stands before the operation's name in the header X-Amz-Target."""
        return str(self._model.metadata["targetPrefix"])

    def operation(self, target: str) -> str | None:
        """The operation of this service that the header X-Amz-Target names; None if there is none."""
        prefix, _, operation = target.partition(".")
        return operation if prefix == self.target_prefix and operation in self._operations else None

    def answer(self, target: str, body: bytes, *, account: str, region: str, caller: str) -> Response:
        """Answer a request; `caller` is the ARN of who asks. Raises nothing: what fails is an error of AWS's form."""
        name = self.operation(target)
        if name is None:
            return Response.failure(
                "UnknownOperationException", f"the rehearsal has no operation '{target[:100]}'"
            )
        model = self._model.operation_model(name)
        try:
            call = Call(
                engine=self._engine,
                account=account,
                region=region,
                caller=caller,
                operation=name,
                parameters=requests.read(model.input_shape, body),
            )
            return Response(status=200, body=answers.write(model.output_shape, self._operations[name](call)))
        except RefusedError as error:
            return Response.failure(error.code, str(error), error.status)
        except DeliveryError as error:
            invalid = isinstance(error, ConstraintError) or error.code == "ValidationException"
            return Response.failure(_word_for_invalid(model) if invalid else error.code, str(error))
        except Exception:
            _log.exception("%s", target)
            return Response.failure(
                "InternalFailure", f"{name} failed inside the rehearsal: see its log", 500
            )


def _word_for_invalid(model: Any) -> str:
    """CodePipeline says ValidationException where CodeBuild says InvalidInputException."""
    declared = [shape.name for shape in model.error_shapes]
    return "InvalidInputException" if "InvalidInputException" in declared else "ValidationException"

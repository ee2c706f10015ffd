"""ECR: an unknown tag is an error, which cdk-assets needs to see to build the image; a password is its owner's."""

import base64
import json
from typing import Any

from ..auth import caller_key


def apply() -> None:
    """Puts AWS's answers in place."""
    _miss_unknown_tags()
    _hand_out_passwords()


def _miss_unknown_tags() -> None:
    from ministack.core.responses import error_response_json, get_account_id
    from ministack.services import ecr

    describe = ecr._describe_images

    def describe_images(data: dict[str, Any]) -> Any:
        name = data.get("repositoryName", "")
        for wanted in data.get("imageIds") or []:
            if name in ecr._repositories and not ecr._find_image(name, wanted):
                shown = ", ".join(f"{key}:'{value}'" for key, value in wanted.items())
                return error_response_json(
                    "ImageNotFoundException",
                    f"The image with imageId {{{shown}}} does not exist within the repository with name "
                    f"'{name}' in the registry with id '{get_account_id()}'",
                    400,
                )
        return describe(data)

    ecr._describe_images = describe_images


def _hand_out_passwords() -> None:
    """docker pushes with the rights of whoever asked for the password; the emulator's is everybody's."""
    from ministack.core.iam_evaluator import resolve_credential
    from ministack.core.responses import json_response
    from ministack.services import ecr

    answered = ecr._get_authorization_token

    def get_authorization_token(data: dict[str, Any]) -> Any:
        answer = json.loads(answered(data)[2])
        asking = resolve_credential(caller_key())
        credentials = [asking.access_key_id, asking.secret_access_key, asking.session_token]
        password = base64.b64encode(json.dumps(credentials).encode()).decode()
        for entry in answer["authorizationData"]:
            entry["authorizationToken"] = base64.b64encode(f"AWS:{password}".encode()).decode()
        return json_response(answer)

    ecr._get_authorization_token = get_authorization_token

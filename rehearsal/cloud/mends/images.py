"""ECR: an unknown tag is an error, which cdk-assets needs to see in order to build the image."""

from typing import Any


def apply() -> None:
    """Puts AWS's answer in place."""
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

"""AWS's public parameters for machine images: the emulator knows two of them, for Intel processors."""

from typing import Any

_FAMILIES = ("/aws/service/ami-amazon-linux-latest/", "/aws/service/ecs/optimized-ami/")


class _PublicImages(dict[str, str]):
    """Answers the emulator's own stand-in image for every parameter of the known families."""

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        return next(iter(self.values())) if str(name).startswith(_FAMILIES) else default


def apply() -> None:
    """Puts the wider table in the emulator's place."""
    from ministack.services import ssm

    ssm._PUBLIC_AMI_PARAMETERS = _PublicImages(ssm._PUBLIC_AMI_PARAMETERS)

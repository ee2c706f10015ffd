"""CodePipeline, and CodeBuild's builds, with AWS's own API in front of the engine."""

from .registration import install

__all__ = ["install"]

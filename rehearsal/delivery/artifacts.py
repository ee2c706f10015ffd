"""What one action hands to the next: folders on this disk, or a commit that the next one clones."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .errors import ActionFailed
from .source import SourceRepository
from .state import OutputArtifact

LARGEST_BYTES = 5 * 1024**3
"""Bytes of an artifact: what S3 takes in one request (Amazon S3 User Guide, "Uploading objects")."""


class Artifact(Protocol):
    """An output of an action."""

    @property
    def revision(self) -> str:
        """The commit it came from."""

    def copy_to(self, target: Path) -> None:
        """Put the content into the folder `target`, which does not exist yet."""

    def read(self, path: str) -> str:
        """The text of one file, by its path inside. Raises ActionFailed."""


@dataclass(frozen=True, kw_only=True)
class FolderArtifact:
    """Files that an action left."""

    folder: Path
    revision: str

    def copy_to(self, target: Path) -> None:
        """A copy; the artifact itself is never written to again."""
        shutil.copytree(self.folder, target, symlinks=True)
        target.chmod(0o700)

    def read(self, path: str) -> str:
        """The text of one file. Raises ActionFailed if there is none inside the artifact."""
        file = (self.folder / path).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            raise ActionFailed(f"the artifact has no file '{path}'")
        return file.read_text()


@dataclass(frozen=True, kw_only=True)
class CloneArtifact:
    """A reference to a commit (CODEBUILD_CLONE_REF): a build clones it with its history."""

    repository: SourceRepository
    revision: str

    def copy_to(self, target: Path) -> None:
        """A clone with the commit checked out."""
        self.repository.clone(self.revision, target)
        target.chmod(0o700)

    def read(self, path: str) -> str:
        """Refused, as on AWS: only CodeBuild understands a reference to a commit."""
        raise ActionFailed(
            f"'{path}': a full clone (CODEBUILD_CLONE_REF) can be read by CodeBuild actions only"
        )


@dataclass(frozen=True, kw_only=True)
class NoArtifact:
    """What a build without a source starts from."""

    revision: str = ""

    def copy_to(self, target: Path) -> None:
        """An empty folder."""
        target.mkdir(mode=0o700)

    def read(self, path: str) -> str:
        """There is nothing to read."""
        raise ActionFailed(f"'{path}': the build has no source")


def place(name: str, artifact: Artifact) -> OutputArtifact:
    """Where the artifact lies, to be found again by another process."""
    folder = artifact.folder if isinstance(artifact, FolderArtifact) else None
    return OutputArtifact(name=name, revision=artifact.revision, folder=folder)


def at(output: OutputArtifact, repository: SourceRepository) -> Artifact:
    """The artifact that lies there."""
    if output.folder is None:
        return CloneArtifact(repository=repository, revision=output.revision)
    return FolderArtifact(folder=output.folder, revision=output.revision)


def collect(source: Path, patterns: list[str], *, excluded: list[str], flat: bool, target: Path) -> int:
    """Copy the files under `source` that match into `target`, and answer how many.

    `**` spans folders. `flat` drops the folders (discard-paths). Raises ActionFailed for a pattern or a link
    that leads out of the folder: a build hands over what is in it and nothing else of this machine; and, before
    anything is copied, for more than LARGEST_BYTES.
    """
    target.mkdir(parents=True, mode=0o700)
    left_out = {path for pattern in excluded for path in source.glob(_inside(pattern))}
    chosen = sorted({path for pattern in patterns for path in source.glob(_inside(pattern))} - left_out)
    size = sum(path.lstat().st_size for path in chosen)
    if size > LARGEST_BYTES:
        raise ActionFailed(f"the artifact has {size} bytes: {LARGEST_BYTES} at most")
    count = 0
    for path in chosen:
        if path.is_dir() and not path.is_symlink():
            continue
        if not path.resolve().is_relative_to(source.resolve()):
            raise ActionFailed(
                f"the artifact file '{path.relative_to(source)}' is a link out of the build's folder"
            )
        place = target / (path.name if flat else path.relative_to(source))
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path, place, follow_symlinks=False)
        count += 1
    return count


def _inside(pattern: str) -> str:
    if pattern.startswith("/") or ".." in Path(pattern).parts or not Path(pattern).parts:
        raise ActionFailed(
            f"artifact path '{pattern[:80]}': use a path inside the build's folder, such as 'cdk.out/**/*'"
        )
    # CodeBuild's `**/*` means the files at every depth, the first included, which is what glob does too.
    return pattern

"""The store of built images: what a container engine keeps of them, in a folder of the rehearsal.

Several processes share it (each build's docker hook and the rehearsal), so whatever is written appears whole.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True, kw_only=True)
class ImageConfig:
    """How a container of the image starts. `workdir` and `command` are the image's own paths and words."""

    base: str
    platform: str
    workdir: str = "/"
    command: tuple[str, ...] = ()
    user: str = "root"
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    healthcheck: str | None = None


@dataclass(frozen=True, kw_only=True)
class Image:
    """A built image. `digest` is `sha256:...` of its manifest; `root` is the folder that holds its files."""

    digest: str
    manifest: str
    root: Path
    config: ImageConfig


class ImageStore:
    """Images by digest, and names for them: `repository:tag` as `docker tag` gives it."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made if absent."""
        self._objects = folder / "objects"
        self._names = folder / "names"
        self._objects.mkdir(parents=True, exist_ok=True)
        self._names.mkdir(exist_ok=True)

    def scratch(self) -> Path:
        """A fresh folder in the store, to build an image's files in before `add` takes them."""
        folder = self._objects / f".building-{uuid.uuid4().hex}"
        folder.mkdir()
        return folder

    def add(self, config: ImageConfig, files: Path, content: str) -> Image:
        """Keep the folder `files` (from `scratch`, which it leaves) as an image; `content` is its hash."""
        manifest = json.dumps(
            {"schemaVersion": 2, "mediaType": MEDIA_TYPE, "config": asdict(config), "content": content},
            sort_keys=True,
        )
        digest = "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()
        (files / "manifest.json").write_text(manifest)
        try:
            files.rename(self._object(digest))
        except OSError:  # another build made the same image meanwhile
            shutil.rmtree(files)
        return self._load(digest)

    def tag(self, name: str, digest: str) -> None:
        """Give the image `digest` another name, `repository:tag`; the name moves if it was another's."""
        path = self._names / quote(_with_tag(name), safe="")
        fresh = path.with_name(f".{uuid.uuid4().hex}")
        fresh.write_text(digest)
        fresh.replace(path)

    def find(self, name: str) -> Image | None:
        """The image of a name: `repository:tag`, `repository` (tag latest), `repository@sha256:...`."""
        if "@" in name:
            digest = name.partition("@")[2]
            return self._load(digest) if self._object(digest).is_dir() else None
        path = self._names / quote(_with_tag(name), safe="")
        return self._load(path.read_text()) if path.is_file() else None

    def _object(self, digest: str) -> Path:
        return self._objects / digest.removeprefix("sha256:")

    def _load(self, digest: str) -> Image:
        folder = self._object(digest)
        manifest = (folder / "manifest.json").read_text()
        config = ImageConfig(**_tuples(json.loads(manifest)["config"]))
        return Image(digest=digest, manifest=manifest, root=folder / "root", config=config)


def _with_tag(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples that they were."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}

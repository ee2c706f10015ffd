"""Which Dockerfiles the rehearsal builds, and what it says to the others."""

from pathlib import Path

import pytest

from rehearsal.runtime import dockerfile

BASE = "FROM public.ecr.aws/docker/library/node:24-slim\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "Dockerfile"
    path.write_text(text)
    return path


def test_instructions_keep_their_order_lines_and_words(tmp_path: Path) -> None:
    text = BASE + (
        "# a comment\n"
        "WORKDIR /app\n"
        "ENV NODE_ENV=production GREETING='good day'\n"
        "COPY --chown=node:node package.json \\\n"
        "     package-lock.json ./\n"
        "RUN npm ci --omit=dev --ignore-scripts\n"
        "EXPOSE 8080\n"
        "USER node\n"
        'CMD ["node", "server.mjs"]\n'
    )

    found = [(each.line, each.name, each.arguments) for each in dockerfile.read(written(tmp_path, text))]

    assert found == [
        (1, "FROM", ("public.ecr.aws/docker/library/node:24-slim",)),
        (3, "WORKDIR", ("/app",)),
        (4, "ENV", ("NODE_ENV=production", "GREETING=good day")),
        (5, "COPY", ("package.json", "package-lock.json", "./")),
        (7, "RUN", ("npm", "ci", "--omit=dev", "--ignore-scripts")),
        (8, "EXPOSE", ("8080",)),
        (9, "USER", ("node",)),
        (10, "CMD", ("node", "server.mjs")),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            BASE + "ADD a.tar /\n",
            "Dockerfile line 2: the rehearsal does not build ADD; it builds FROM, WORKDIR,",
        ),
        (BASE + "ENTRYPOINT []\n", "does not build ENTRYPOINT"),
        (BASE + "RUN apt-get update\n", "line 2: RUN apt-get update: the rehearsal runs only 'npm ci'"),
        (BASE + "RUN npm ci && rm -rf /\n", "the rehearsal runs only 'npm ci'"),
        (BASE + "RUN --mount=type=cache,target=/root/.npm npm ci\n", "the rehearsal runs only 'npm ci'"),
        ("FROM python:3.12\n", "FROM python:3.12: the rehearsal runs Node 24 in one stage"),
        ("FROM node:24 AS build\n", "the rehearsal runs Node 24 in one stage"),
        (BASE + BASE, "builds one stage; remove the second FROM"),
        ("WORKDIR /app\n", "the first instruction is FROM"),
        (
            BASE + "COPY --from=build /app .\n",
            "COPY --from=build: of the flags the rehearsal knows only --chown",
        ),
        (BASE + "COPY ../secret .\n", "COPY ../secret: a source lies inside the build folder"),
        (BASE + "ENV PORT 8080\n", "ENV PORT: write NAME=value"),
        (BASE + "EXPOSE web\n", "EXPOSE web: give TCP ports"),
        (
            BASE + "CMD node server.mjs\n",
            'write the command as a JSON list, for example ["node", "server.mjs"]',
        ),
        (BASE + 'CMD ["python", "x.py"]\n', "the rehearsal starts node"),
    ],
)
def test_everything_else_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(dockerfile.DockerfileError) as caught:
        dockerfile.read(written(tmp_path, text))

    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_dockerfile_is_named(tmp_path: Path) -> None:
    with pytest.raises(dockerfile.DockerfileError, match="Dockerfile cannot be read: No such file"):
        dockerfile.read(tmp_path / "Dockerfile")

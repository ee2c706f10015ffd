"""Every page: its links lead somewhere, the files that it names exist, its commands are taken as they are written."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from awscli.clidriver import create_clidriver

from rehearsal.__main__ import parser
from tests.unit.documents import CODE, ROOT

PAGES = [
    *(ROOT / folder / "README.md" for folder in ("", "containers", "integration_tests")),
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
PROGRAMS = ("aws", "git", "make", "npx", "python")
# What a line of a shell may begin with beside these, and needs no proof.
ORDINARY = ("set", ".", "curl", "export")


def commands(text: str) -> list[str]:
    """The commands of a page: the lines of its shell blocks, and what it writes in backticks with an argument."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.strip(" #")]
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    inline = [code for code in CODE.findall(prose) if re.match(rf"(?:{'|'.join(PROGRAMS)}) ", code)]
    parts = [part for line in [*lines, *inline] for part in re.split(r"&&|; ", line.partition(" #")[0])]
    return [part.strip() for part in parts if part.strip() and not part.strip().startswith("#")]


EVERY_COMMAND = sorted({command for page in PAGES for command in commands(page.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        file, _, heading = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), target
        headings = (
            re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
        )
        assert not heading or heading in {
            re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings
        }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_exist(page: Path) -> None:
    tops = {entry.name for entry in ROOT.iterdir()} - {"build", "cdk.out", ".venv", "node_modules"}
    named = [
        code
        for code in CODE.findall(page.read_text(encoding="utf-8"))
        if code.split("/")[0] in tops and not re.search(r"[ *{<]|::", code)
    ]
    assert [code for code in named if not (ROOT / code).exists()] == []


def test_the_pages_have_commands() -> None:
    assert {shlex.split(command)[0] for command in EVERY_COMMAND} == {*PROGRAMS, *ORDINARY}


@pytest.mark.parametrize("command", [each for each in EVERY_COMMAND if each.startswith("make ")])
def test_make_has_the_target_and_the_variables(command: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    _, target, *variables = shlex.split(command)
    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)
    for variable in variables:
        assert re.search(rf"^{variable.partition('=')[0]} \?=", makefile, re.MULTILINE), variable


@pytest.mark.parametrize("command", [each for each in EVERY_COMMAND if each.startswith("python ")])
def test_the_module_takes_the_arguments(command: str) -> None:
    _, flag, module, *arguments = shlex.split(command)
    assert flag == "-m"
    if module == "rehearsal" and arguments and not arguments[0].isupper():
        parser().parse_args([argument for argument in arguments if argument != "--help"])
    else:
        folder = ROOT.joinpath(*module.split("."))
        assert folder.with_suffix(".py").is_file() or (folder / "__main__.py").is_file() or module == "pytest"


@pytest.mark.parametrize("command", [each for each in EVERY_COMMAND if each.startswith("npx ")])
def test_the_cdk_has_the_command_and_its_options(command: str) -> None:
    _, program, subcommand, *arguments = shlex.split(command)
    assert program == "cdk"
    node = [ROOT / "node_modules" / ".bin" / "cdk", subcommand, "--help"]
    told = subprocess.run(node, capture_output=True, text=True, check=True).stdout
    assert told.startswith(f"cdk {subcommand}")
    for option in (argument for argument in arguments if argument.startswith("-")):
        assert re.search(rf"(?<![\w-]){option}[,\s]", told), option


@pytest.mark.parametrize("command", [each for each in EVERY_COMMAND if each.startswith("aws ")])
def test_the_aws_cli_takes_the_command(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "unused")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    sent = []

    def stop(model: Any, **_: object) -> None:
        """Everything has been parsed and validated by now; nothing leaves."""
        sent.append(model.name)
        raise InterruptedError

    driver = create_clidriver()
    driver.session.register("before-call", stop)
    arguments = shlex.split(re.sub(r"\$\(.*?\)", "1700000000", command))[1:]
    try:
        driver.main(arguments)
    except SystemExit:
        assert not sent
    told = capsys.readouterr().err
    # A page may name an operation without its arguments.
    assert sent or (len(arguments) == 2 and "required" in told), told

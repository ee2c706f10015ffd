"""The file that a cloud is written into: when it is written, and what cannot be read of it."""

import json
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.cloud import CannotRestore, Cloud, plain, stacks
from rehearsal.cloud.autosave import Autosave
from tests.rehearsal.waiting import wait_for

ACCOUNT = "111111111111"
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "there"}}}}

pytestmark = pytest.mark.usefixtures("alone")


def test_no_snapshot_is_taken_of_a_stack_that_is_being_changed(tmp_path: Path) -> None:
    with Cloud(tmp_path) as cloud:
        waits_and_fails(cloud)
        assert not cloud.snapshot()
        assert not (tmp_path / "cloud.snapshot").exists()
        assert cloud.snapshot(patience=30), "the end is waited for"


def test_a_snapshot_while_requests_change_everything_is_whole(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        sqs = before.client("sqs", ACCOUNT)
        ended = time.monotonic() + 1
        names = iter(f"queue-{number}" for number in range(10_000))
        written = 0
        futures = []
        while time.monotonic() < ended:
            sqs.create_queue(QueueName=next(names))
            futures.append(before.snapshot())
            written += 1
        assert all(futures)
    with Cloud(tmp_path, restore=True) as after:
        assert len(after.client("sqs", ACCOUNT).list_queues()["QueueUrls"]) == written


def test_without_a_snapshot_it_begins_empty(tmp_path: Path) -> None:
    with Cloud(tmp_path, restore=True) as cloud:
        assert not cloud.restored


def spoil_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def with_a_length_that_no_memory_has(path: Path) -> None:
    path.write_bytes(pickle.PROTO + b"\x05" + pickle.BINBYTES8 + b"\xff" * 7 + b"\x7f")


def of_another_emulator(path: Path) -> None:
    path.write_bytes(plain.to_bytes({**plain.read(path), "emulator": "0.0.1"}))


def with_code_in_it(path: Path) -> None:
    path.write_bytes(pickle.dumps(print))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoil_half, "is damaged"),
        (with_a_length_that_no_memory_has, "is damaged"),
        (of_another_emulator, r"by ministack 0\.0\.1, this is .*: begin anew"),
        (with_code_in_it, r"is damaged: it asks for builtins\.print"),
    ],
)
def test_a_snapshot_that_cannot_be_used_is_told(
    tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    with Cloud(tmp_path) as before:
        before.snapshot()
    spoil(tmp_path / "cloud.snapshot")
    with pytest.raises(CannotRestore, match=sentence), Cloud(tmp_path, restore=True):
        pass


def test_the_file_is_its_owners_before_anything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes, write_bytes = [], Path.write_bytes

    def noted(path: Path, content: bytes) -> int:
        modes.append(path.stat().st_mode & 0o777)
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", noted)
    plain.write(tmp_path / "file", b"password")

    assert [*modes, (tmp_path / "file").stat().st_mode & 0o777] == [0o600, 0o600]


def test_what_is_no_data_is_not_written() -> None:
    with pytest.raises(plain.NotPlainError, match=r"_thread\.lock"):
        plain.to_bytes({"lock": __import__("threading").Lock()})


def test_a_stack_that_was_changed_by_hand_is_written_down_by_itself(tmp_path: Path) -> None:
    with Cloud(tmp_path) as cloud, Autosave(cloud):
        stacks.deploy(cloud.client("cloudformation", ACCOUNT), "world", TOPIC)
        waits_and_fails(cloud)
        wait_for((tmp_path / "cloud.snapshot").exists)
    with Cloud(tmp_path, restore=True) as after:
        assert after.client("sns", ACCOUNT).list_topics()["Topics"]


def waits_and_fails(cloud: Cloud) -> None:
    """A change that lasts long enough to be seen."""
    cloudformation = cloud.client("cloudformation", ACCOUNT)
    waits = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "2"},
        },
    }
    cloudformation.create_stack(StackName="slow", TemplateBody=json.dumps({"Resources": waits}))

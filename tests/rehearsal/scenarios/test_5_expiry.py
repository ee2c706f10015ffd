"""Nobody answers: the gate closes by itself, and what is behind it stays as it was."""

from .conftest import Unanswered


def test_an_approval_that_nobody_gives_expires(unanswered: Unanswered) -> None:
    operator, execution = unanswered.operator, unanswered.execution

    operator.ends(execution, "Failed", seconds=360)

    assert operator.actions(execution)["Gate/Approve"] == "Failed"
    assert (operator.greeting("dev"), operator.greeting("prod")) == ("in vain", None)
    # The terminal's width folds it.
    assert "the approval expired: nobody answered in time" in " ".join(operator.command("status").split())
    operator.command("approve", "Gate", code=2)

"""The loop of a worker of a batch, in this process."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.fakes.batch import KEY, ORDER, VALUED, activation

from absah.adapters import batch_worker
from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_tasks import Assignment, CompleteTask, HashTask, Task
from absah.adapters.signer.errors import SignerUnreachable
from absah.kernel.errors import AbsahError


class Pipe:
    """Says these messages, then nobody is left; keeps the answers."""

    def __init__(self, *messages: tuple[Task, ...]) -> None:
        self._messages = list(messages)
        self.said: list[object] = []

    def hear(self) -> tuple[Task, ...]:
        if not self._messages:
            raise EOFError
        return self._messages.pop(0)

    def say(self, message: object) -> None:
        self.said.append(message)


def test_whoever_did_not_answer_once_is_not_waited_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Task] = []

    def answer_to(task: Task, *_: object) -> AbsahError | tuple[str, ...]:
        asked.append(task)
        return () if isinstance(task, HashTask) else SignerUnreachable()

    monkeypatch.setattr(batch_worker, "answer_to", answer_to)
    monkeypatch.setattr(batch_worker, "_allow_time", lambda: None)
    completing = CompleteTask(key=KEY, valued=VALUED, activation=activation())
    hashing = HashTask(names=("a.pdf",))
    pipe = Pipe((completing, completing), (hashing, completing))
    folders = BatchFolders(inputs=tmp_path, outputs=tmp_path)
    with pytest.raises(EOFError):
        batch_worker._work(pipe, Assignment(order=ORDER, folders=folders, opening=SimpleNamespace))
    assert asked == [completing, hashing]
    assert [type(one) for one in pipe.said] == [
        type(None),
        SignerUnreachable,
        SignerUnreachable,
        tuple,
        SignerUnreachable,
    ]

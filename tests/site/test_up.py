"""What `absah up` does about a signer that is gone."""

import os
from pathlib import Path

import pytest

from absah.adapters.signer.errors import SignerNotStarted, SignerUnreachable
from absah.kernel.errors import AbsahError
from absah_site.cli import up
from absah_site.cli.up import SignerWatch


def test_a_signer_that_does_not_start_is_started_again_and_given_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes: list[AbsahError | None] = [
        SignerUnreachable(),
        SignerNotStarted(log="x"),
        None,
        *[SignerUnreachable()] * 5,
    ]

    def ensure(_data: Path, *, idle: object, end_with: object) -> None:
        assert (idle, end_with) == (None, os.getpid())
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    monkeypatch.setattr(up, "ensure_signer", ensure)
    watch = SignerWatch(Path("data"))
    for _ in range(7):
        watch.look_after()
    with pytest.raises(SignerUnreachable):
        watch.look_after()

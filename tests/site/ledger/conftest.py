"""A log in a data folder of its own, with its key, and a hand that reaches past the triggers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, transaction

from absah.adapters.log_key import log_names, open_log_key
from absah.audit.checkpoint import Checkpoint, parse_checkpoint
from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah.kernel.rng import UnsafeSeededRng
from absah_site import append_only, composition
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.audit.actions import record
from absah_site.jobs import adapter
from absah_site.ledger import access, actions
from absah_site.ledger.access import LogReport
from absah_site.ledger.actions import Sequencer

OPERATOR = Operator(name="test")


@dataclass
class Log:
    """The ledger of one party."""

    data: Path
    clock: FixedClock
    key: ec.EllipticCurvePrivateKey
    sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.sequencer = Sequencer(clock=self.clock, key=self.key)

    def write(self, count: int = 1, *, subject: str = "thing:1") -> list[int]:
        """Rows of the ledger. Their numbers."""
        with transaction.atomic():
            for number in range(count):
                record(
                    at=self.clock.now(),
                    tag=AccountTag.SIGNED_IN,
                    actor="system:test",
                    subject=subject,
                    facts={"number": number},
                )
            return [number for number, _ in reversed(latest_entries(limit=count))]

    def head(self) -> Checkpoint:
        """Put everything into the log, sign it, and take the whole checkpoint."""
        actions.ask_for_head(by=OPERATOR)
        self.sequencer.round()
        found = actions.checkpoint_for(None, by=OPERATOR)
        assert found is not None
        return parse_checkpoint(found.to_bytes())

    def verify(self, *checkpoints: Checkpoint) -> LogReport:
        return access.verify_log(log_names(self.data), checkpoints)

    def damages(self, *checkpoints: Checkpoint) -> set[tuple[str, int]]:
        return {(one.damage.name, one.position) for one in self.verify(*checkpoints).findings}


@pytest.fixture
def log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings, clock: FixedClock, rng: UnsafeSeededRng, db: None
) -> Log:
    settings.CONFIG = replace(settings.CONFIG, data=tmp_path)
    (tmp_path / "secrets").mkdir(mode=0o700, exist_ok=True)
    monkeypatch.setattr(composition, "clock", lambda: clock)
    monkeypatch.setattr(composition, "rng", lambda: rng)
    monkeypatch.setattr(adapter, "send", lambda _: None)
    return Log(tmp_path, clock, open_log_key(tmp_path, rng))


@contextmanager
def past_the_triggers(*tables: str) -> Iterator[None]:
    """As whoever owns the database could."""
    for table in tables:
        append_only.remove(connection, table)
    yield
    for table in tables:
        append_only.install(connection, table)


def run_sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)

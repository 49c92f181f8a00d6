"""Kills the sequencer, those who write and who archives, at random moments; then holds the log against the rows.

Three processes write rows, some in transactions that are undone; two sequencers put them into the log and sign heads;
one moves what is older than a second into files. At the end every row is in the log once, there is no gap and nothing
else, every row is in the database or in a file, and the tree, its heads and the offline verifier agree.
"""

import json
import os
import random
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Final

from soak.children import Children

_LONGEST_PAUSE: Final = 0.2
_INIT: Final = (sys.executable, "-m", "absah_site.cli", "init", "--role", "agency")


def kill_sequencers(folder: Path, /, *, kills: int, seed: int = 1, database: str = "sqlite") -> dict[str, object]:
    """Kill so many processes, let the last sequencer catch up, and judge."""
    data = folder.resolve() / f"ledger-{os.getpid()}"
    subprocess.run([*_INIT, "--database", database, "--data", str(data)], check=True, capture_output=True)
    words = [sys.executable, "-m", "soak.ledger_kills", str(data), str(kills), str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"held": False, "problem": done.stderr[-2000:]}
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def _write_for_ever() -> None:
    from django.db import transaction

    from absah.audit.tags import AccountTag
    from absah_site import composition
    from absah_site.audit.actions import record

    chance = random.Random(os.getpid())  # noqa: S311  (moments, not secrets)
    while True:
        with transaction.atomic():
            for number in range(chance.randint(1, 5)):
                subject = f"thing:{os.getpid()}-{number}"
                record(at=composition.clock().now(), tag=AccountTag.SIGNED_IN, actor="system:soak", subject=subject)
                time.sleep(chance.uniform(0, 0.002))
            if chance.randrange(5) == 0:
                transaction.set_rollback(True)
        time.sleep(0.005)


def _sequence_for_ever(data: Path) -> None:
    from absah.adapters.log_key import open_log_key
    from absah.kernel.clock import SystemClock
    from absah.kernel.rng import SystemRng
    from absah_site.actors import Operator
    from absah_site.ledger.actions import Sequencer, ask_for_head

    sequencer = Sequencer(clock=SystemClock(), key=open_log_key(data, SystemRng()))
    while True:
        if sequencer.round():
            ask_for_head(by=Operator(name="soak"))
        time.sleep(0.02)


def _retire_for_ever() -> None:
    from absah_site import composition
    from absah_site.actors import Operator
    from absah_site.ledger import access, actions

    while True:
        actions.archive_part(access.archive_folder(), before=composition.clock().now(), by=Operator(name="soak"))
        time.sleep(0.2)


def _run(data: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (as above)
    sequence = partial(_sequence_for_ever, data)
    with Children([*[_write_for_ever] * 3, sequence, sequence, _retire_for_ever]) as children:
        for _ in range(kills):
            time.sleep(chance.uniform(0, _LONGEST_PAUSE))
            children.kill_one(chance)


def _finish_archiving() -> list[Path]:
    """What a killed one left undone; the files, the oldest first."""
    from absah_site import composition
    from absah_site.actors import Operator
    from absah_site.ledger import access, actions

    now = composition.clock().now()
    while actions.archive_part(access.archive_folder(), before=now, by=Operator(name="soak")) is not None:
        pass
    return sorted(access.archive_folder().glob("*.jsonl"))


def _judge(data: Path) -> dict[str, object]:
    from absah.adapters.log_key import open_log_key
    from absah.cli import offline_verifier
    from absah.kernel.clock import SystemClock
    from absah.kernel.rng import SystemRng
    from absah_site import composition
    from absah_site.actors import Operator
    from absah_site.audit.access import every_entry
    from absah_site.ledger import access, actions
    from absah_site.ledger.store import leaves

    actions.ask_for_head(by=Operator(name="soak"))
    sequencer = actions.Sequencer(clock=SystemClock(), key=open_log_key(data, SystemRng()))
    for _ in range(3):
        sequencer.round()
    sequencer.catch_up()
    files = _finish_archiving()
    actions.ask_for_head(by=Operator(name="soak"))
    sequencer.round()
    sequencer.catch_up()
    rows = [number for number, _, _ in every_entry()]
    report = access.verify_log(composition.log_names())
    places = [(place, entry) for place, entry, _ in leaves.every_leaf()]
    logged = [entry for place, entry in places if place >= report.archived]
    every = [entry for _, entry in places]
    archive = data / "archive.jsonl"
    actions.write_archive(archive, by=Operator(name="soak"))
    words = [sys.executable, "-I", offline_verifier.__file__, "archive", *map(str, files), str(archive)]
    offline = subprocess.run(words, capture_output=True, text=True, check=False)
    return {
        "rows": len(rows),
        "heads": len(access.recent_heads(limit=10**6)),
        "missing": len(set(rows) - set(logged)),
        "double": len(every) - len(set(every)),
        "archived": report.archived,
        "unseen": report.unseen,
        "strange": len(set(logged) - set(rows)),
        "findings": len(report.findings),
        "offline": offline.stdout.strip(),
        "held": sorted(logged) == rows
        and len(every) == len(set(every))
        and report.intact
        and not report.unseen
        and offline.returncode == 0
        and len(rows) > 0,
    }


def main() -> None:
    data, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    from absah_site.cli.instance import open_instance

    open_instance(data)
    _run(data, kills, seed)
    print(json.dumps(_judge(data) | {"kills": kills}))


if __name__ == "__main__":
    main()

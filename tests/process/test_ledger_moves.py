"""A ledger with archived parts is copied, dumped and restored, and stays one that everybody can check."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.process.test_backup import absah

from absah.cli import offline_verifier

#: Two parts leave for files, the key changes between them, some rows stay; the last word is what the other party keeps.
GROW = """
import sys
from datetime import timedelta
from pathlib import Path
from absah_site.cli.instance import open_instance
open_instance(Path(sys.argv[1]))
from absah.adapters.log_key import open_log_key
from absah.kernel.clock import SystemClock, instant
from absah.kernel.rng import SystemRng
from absah_site import composition
from absah_site.actors import Operator
from absah_site.ledger import access, actions
by = Operator(name="test")
sequencer = actions.Sequencer(clock=SystemClock(), key=open_log_key(Path(sys.argv[1]), SystemRng()))
def head(rows):
    for _ in range(rows):
        actions.ask_for_head(by=by)
    sequencer.round()
for _ in range(int(sys.argv[3])):
    head(20)
    tomorrow = instant(composition.clock().now() + timedelta(days=1))
    assert actions.archive_part(access.archive_folder(), before=tomorrow, by=by) is not None
    actions.rotate_log_key(by=by)
head(7)
Path(sys.argv[2]).write_bytes(actions.checkpoint_for(None, by=by).to_bytes())
"""


def grow(data: Path, kept: Path, *, parts: int) -> None:
    """More of the ledger, and a checkpoint of it."""
    words = [sys.executable, "-c", GROW, str(data), str(kept), str(parts)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def check(data: Path, *kept: Path) -> None:
    """By the command and by the one file, against what the other party keeps."""
    checkpoints = [word for path in kept for word in ("--checkpoint", path)]
    found = absah("audit", "verify", *checkpoints, "--data", data)
    assert (found["intact"], found["log"]["unseen"], len(found["log"]["checkpoints"])) == (True, 0, len(kept))
    assert found["log"]["archived"] > 40
    rest = data.parent / f"{data.name}.jsonl"
    absah("audit", "archive", "-o", rest, "--data", data)
    parts = sorted((data / "ledger" / "archive").glob("*.jsonl"))
    assert len(parts) == 2
    against = [word for path in kept for word in ("--against", path)]
    words = [sys.executable, "-I", offline_verifier.__file__, "archive", *parts, rest, *against]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["entries"] > found["log"]["archived"]


def test_a_copy_and_a_dump_are_the_same_ledger_and_the_copy_of_yesterday_is_found(tmp_path: Path) -> None:
    data, copy, again = tmp_path / "data", tmp_path / "copy", tmp_path / "again"
    kept, newest = tmp_path / "kept.json", tmp_path / "newest.json"
    absah("init", "--role", "agency", "--data", data)
    grow(data, kept, parts=2)
    shutil.copytree(data, copy)
    check(copy, kept)

    passphrase = tmp_path / "passphrase"
    passphrase.write_text("enam kata panjang untuk cadangan\n")
    absah("backup", tmp_path / "backup", "--data", data, "--passphrase-file", passphrase, "--dump")
    absah("restore", tmp_path / "backup", "--data", again, "--passphrase-file", passphrase, "--database", "sqlite")
    check(again, kept)

    grow(data, newest, parts=1)
    found = absah("audit", "verify", "--checkpoint", kept, "--checkpoint", newest, "--data", copy, status=1)
    verdicts = {one["verdict"]: one for one in found["log"]["checkpoints"]}
    assert set(verdicts) == {"audit.checkpoint-agrees", "audit.checkpoint-shortened"}
    missing = verdicts["audit.checkpoint-shortened"]
    assert missing["entries"][-1]["end"] == missing["size"]
    assert missing["entries"][-1]["begin"] == found["log"]["size"]
    assert found["log"]["findings"] == []

"""An instance in a process of its own: answers on a port, and does what it is told on standard input.

Each line is JSON: a name and arguments; each answer a line of JSON. The clock stands still unless it is told to go on.
"""

import json
import sys
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from absah_site.cli.instance import open_instance


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


class Commands:
    """What it can be told."""

    def __init__(self, data: Path) -> None:
        from absah.adapters.log_key import open_log_key
        from absah.kernel.clock import FixedClock, SystemClock
        from absah.kernel.rng import SystemRng
        from absah_site import composition
        from absah_site.actors import Operator
        from absah_site.ledger.actions import Sequencer

        self.data, self.clock, self.by = data, FixedClock(SystemClock().now()), Operator(name="test")
        composition.clock = lambda: self.clock  # type: ignore[assignment]  # a clock that we set
        self.sequencer = Sequencer(clock=self.clock, key=open_log_key(data, SystemRng()))

    def head(self, rows: int = 1) -> int:
        """Some rows, and a signed head over them and all before."""
        from absah_site.ledger import access, actions

        for _ in range(rows):
            actions.ask_for_head(by=self.by)
        self.sequencer.round()
        newest = access.newest_head()
        assert newest is not None
        return newest.head.size

    def first(self) -> str:
        """Our first checkpoint, as a file."""
        from absah_site.ledger import actions

        found = actions.checkpoint_for(None, by=self.by)
        assert found is not None
        return b64encode(found.to_bytes()).decode()

    def name(self, address: str, first: str) -> str:
        """Name the other."""
        from absah_site.ledger import actions

        return str(actions.name_counterpart("Pihak lain", address, b64decode(first), by=self.by).id)

    def pin(self, first: str) -> None:
        """The other has a new key."""
        from absah_site.ledger import access, actions

        (watched,) = access.watched()
        actions.pin_new_key(watched.counterpart.id, b64decode(first), by=self.by)

    def jobs(self, seconds: int = 0) -> dict[str, Any]:
        """Go on in time, do what is due, and say how it stands with the other."""
        from absah_site.jobs import actions as jobs
        from absah_site.ledger import access

        self.clock.advance(timedelta(seconds=seconds))
        jobs.run_due()
        (watched,) = access.watched()
        other, kept = watched.counterpart, access.standing.checkpoints_of(watched.counterpart.id)
        return {
            "acknowledged": other.acknowledged_size,
            "trouble": other.trouble,
            "kept": [[one.checkpoint.size, one.verdict.rpartition("-")[2]] for one in kept],
            "files": [b64encode(one.document).decode() for one in kept],
        }


def say(what: object) -> None:
    """A line on standard output."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    open_instance(data)
    commands = Commands(data)
    from absah_site.wsgi import application

    server = make_server("127.0.0.1", port, application, handler_class=_Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    say("ready")
    for line in sys.stdin:
        what, arguments = json.loads(line)
        say(getattr(commands, what)(*arguments))


if __name__ == "__main__":
    main()

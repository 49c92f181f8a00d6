"""The sequencer process: puts the ledger's rows into its log within a second, and signs heads with the log's key."""

import argparse
import logging
import signal
from threading import Event

from absah.adapters.log_key import open_log_key
from absah.cli.terminal import Exit, Terminal
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError
from absah.kernel.rng import SystemRng
from absah_site.cli.instance import check_may_serve, open_instance
from absah_site.cli.turns import begin_serving

#: Seconds from one round to the next.
PAUSE = 0.5
_AFTER_TROUBLE = 5.0

log = logging.getLogger("absah.sequencer")


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--once", action="store_true", help="put what waits into the log, sign what is due, and end")


def run(options: argparse.Namespace, _terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    begin_serving(config.data)
    check_may_serve(config)  # a restored log must not be signed before it was held against its newest head
    from django.db import DatabaseError, close_old_connections

    from absah_site.ledger.actions import Sequencer

    sequencer = Sequencer(clock=SystemClock(), key=open_log_key(config.data, SystemRng()))
    asked = _stop_on_signals()
    pause = 0.0
    while not asked.wait(pause):
        pause = PAUSE
        try:
            sequencer.round()
        except (AbsahError, DatabaseError) as problem:
            # Writers go on without us; what waits is put into the log once the database answers.
            log.warning("a round of the sequencer failed: %s", type(problem).__name__)
            close_old_connections()
            pause = _AFTER_TROUBLE
        if options.once:
            break
    return Exit.DONE


def _stop_on_signals() -> Event:
    """Set once the process was asked to stop."""
    asked = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked

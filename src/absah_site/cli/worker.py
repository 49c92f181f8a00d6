"""The worker process: what has to happen by itself. No keys here; it asks the signer like everybody else.

Today that is one thing, publishing CRLs before they grow old. A queue comes with the first job that needs one.
"""

import argparse
import logging
from time import sleep

from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError
from absah_site.cli.instance import open_instance
from absah_site.cli.terminal import Exit, Terminal
from absah_site.config import Role

_PAUSE = 60.0

log = logging.getLogger("absah.worker")


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due and end")


def run(options: argparse.Namespace, _terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    while True:
        if config.role is not Role.AGENCY:
            publish_due_crls()
        if options.once:
            return Exit.DONE
        sleep(_PAUSE)


def publish_due_crls() -> None:
    """Publish the CRLs whose half-life is over. A failure is logged and tried again in a minute."""
    from absah_site.pki.actions import publish_due_crls as publish  # noqa: PLC0415  (Django is set up only now)

    try:
        publish(now=SystemClock().now())
    except AbsahError as error:
        log.warning("CRLs were not published: %s", error)

"""The worker process: what has to happen by itself. No keys here; it asks the signer like everybody else.

What that is: jobs that others asked for (`absah_site.jobs`), in threads; and in rounds, ending what processes that died
left unfinished, publishing CRLs when a status changed and before they grow old, certifying responders, carrying out
what two people have approved, sending mail, and forgetting shared results and notices whose time is over.
"""

import argparse
import logging
import signal
from itertools import count
from threading import Event

from absah.cli.terminal import Exit, Terminal
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError
from absah_site.cli.instance import check_may_serve, open_instance
from absah_site.cli.turns import begin_serving
from absah_site.config import Config, Role

_PAUSE = 2.0
_THREADS = 2
#: Rounds between two looks for unfinished work, which is seldom there.
_SELDOM = 30

log = logging.getLogger("absah.worker")


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due and end")


def run(options: argparse.Namespace, _terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    begin_serving(config.data)
    check_may_serve(config)
    from absah_site.jobs import actions as jobs

    if options.once:
        do_round(config, 0)
        jobs.sweep()
        jobs.run_due()
        return Exit.DONE
    with jobs.working(threads=_THREADS):
        stopping = _stop_on_signals()
        for number in count():
            jobs.keep_leases()
            jobs.sweep()
            do_round(config, number)
            if stopping.wait(_PAUSE):
                return Exit.DONE
    raise AssertionError("rounds have no end")


def _stop_on_signals() -> Event:
    """Set once the process was asked to stop."""
    asked = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked


def do_round(config: Config, number: int, /) -> None:
    """What is looked for in every round, and seldom."""
    if config.role is not Role.AGENCY:
        if number % _SELDOM == 0:
            end_unfinished_work()
            follow_responders()
        certify_responders()
        publish_due_crls()
        carry_out_approved()
    deliver_notices()
    if number % _SELDOM == 0:
        forget_expired_results()
        forget_old_notices()


def end_unfinished_work() -> None:
    """Certificates, activations and signatures whose process died between intention and result."""
    from absah_site.applications.actions import reconcile as end_uses
    from absah_site.enrolment.actions import reconcile as end_activations
    from absah_site.pki.actions import reconcile as end_issuances
    from absah_site.seals.actions import reconcile as end_seals
    from absah_site.servers.actions import reconcile as end_orders
    from absah_site.signing.actions import reconcile as end_signatures

    for end in (end_issuances, end_activations, end_orders, end_signatures, end_uses, end_seals):
        try:
            ended = end()
        except AbsahError as error:
            log.warning("unfinished work was not ended: %s", error)
        else:
            if ended:
                log.warning("%s unfinished: %s", ended, end.__module__)


def publish_due_crls() -> None:
    """Publish the CRLs that are older than a day or than a change. A failure is logged and tried again."""
    from absah_site.pki.actions import publish_due_crls as publish

    try:
        publish(now=SystemClock().now())
    except AbsahError as error:
        log.warning("CRLs were not published: %s", error)


def carry_out_approved() -> None:
    """Go on with what two people have approved and nobody has finished."""
    from absah_site.oversight.actions import carry_out_open

    try:
        carry_out_open()
    except AbsahError as error:
        log.warning("approved changes were not carried out: %s", error)


def forget_expired_results() -> None:
    """Shared results live for ninety days."""
    from absah_site.validation.actions import forget_expired_results as forget

    forget()


def deliver_notices() -> None:
    """Send the mails that are due."""
    from absah_site.notices.actions import deliver_due

    deliver_due()


def forget_old_notices() -> None:
    """What people were told is kept for about a year."""
    from absah_site.notices.actions import forget_old

    forget_old()


def certify_responders() -> None:
    """Certify the keys that responder processes made. A failure is logged and tried again."""
    from absah_site.pki.actions import certify_responders as certify

    try:
        certify()
    except AbsahError as error:
        log.warning("a responder was not certified: %s", error)


def follow_responders() -> None:
    """Give the responder in the signer its successor in time. A failure is logged and tried again."""
    from absah_site.pki.actions import follow_responders as follow

    try:
        follow()
    except AbsahError as error:
        log.warning("a responder has no successor yet: %s", error)

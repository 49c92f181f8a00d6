"""The worker process: what has to happen by itself. No keys here; it asks the signer like everybody else.

Today that is four things: ending what processes that died left unfinished, publishing CRLs before they grow old,
carrying out what two people have approved, and forgetting shared results whose time is over.
A queue comes with the first job that needs one.
"""

import argparse
import logging
from time import sleep

from absah.cli.terminal import Exit, Terminal
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError
from absah_site.cli.instance import check_may_serve, open_instance
from absah_site.config import Role

_PAUSE = 60.0

log = logging.getLogger("absah.worker")


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due and end")


def run(options: argparse.Namespace, _terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    check_may_serve(config)
    while True:
        if config.role is not Role.AGENCY:
            end_unfinished_work()
            publish_due_crls()
            carry_out_approved()
        forget_expired_results()
        if options.once:
            return Exit.DONE
        sleep(_PAUSE)


def end_unfinished_work() -> None:
    """Certificates, activations and signatures whose process died between intention and result."""
    from absah_site.enrolment.actions import reconcile as end_activations  # noqa: PLC0415  (Django is set up only now)
    from absah_site.pki.actions import reconcile as end_issuances  # noqa: PLC0415
    from absah_site.signing.actions import reconcile as end_signatures  # noqa: PLC0415

    for end in (end_issuances, end_activations, end_signatures):
        try:
            ended = end()
        except AbsahError as error:
            log.warning("unfinished work was not ended: %s", error)
        else:
            if ended:
                log.warning("%s unfinished: %s", ended, end.__module__)


def publish_due_crls() -> None:
    """Publish the CRLs whose half-life is over. A failure is logged and tried again in a minute."""
    from absah_site.pki.actions import publish_due_crls as publish  # noqa: PLC0415  (Django is set up only now)

    try:
        publish(now=SystemClock().now())
    except AbsahError as error:
        log.warning("CRLs were not published: %s", error)


def carry_out_approved() -> None:
    """Go on with what two people have approved and nobody has finished."""
    from absah_site.oversight.actions import carry_out_open  # noqa: PLC0415  (Django is set up only now)

    try:
        carry_out_open()
    except AbsahError as error:
        log.warning("approved changes were not carried out: %s", error)


def forget_expired_results() -> None:
    """Shared results live for ninety days."""
    from absah_site.validation.actions import forget_expired_results as forget  # noqa: PLC0415  (as above)

    forget()

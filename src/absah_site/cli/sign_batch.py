"""`absah sign-batch`: signs every PDF of a folder with the certificate of a person of this instance.

Exit 0 all signed, 1 some refused, 75 stopped: the same command goes on where it stopped, also after a kill. A document
that was signed is not signed again. With `--json` each line is an object: `progress` while it works, then the result.
"""

import argparse
import os
import signal
from functools import partial
from pathlib import Path
from typing import Self

from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_run import BatchReport
from absah.adapters.batch_tasks import Workbench
from absah.adapters.remembered_revocation import RememberedRevocation
from absah.adapters.signer.errors import ConsentUnknown, FactorMissing
from absah.cli.terminal import Exit, Terminal, UsageWrong, exit_status, on_one_line
from absah.cli.usage import one_of
from absah.kernel.errors import Unavailable
from absah.kernel.messages import explain_code
from absah.kernel.people import Nik
from absah.signing.batch.progress import BatchProgress
from absah.signing.completion import LevelPorts
from absah.signing.factors import FactorKind, Factors
from absah.signing.levels import Level
from absah.signing.survey import HERE
from absah_site.cli.instance import open_instance, open_signer
from absah_site.cli.sign import ANCHOR, ASKED_FOR, BOX, LEVELS, passphrase_of, placement_of

APPLICATION = "cli-batch"
_MOST_JOBS = 64


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("input", type=Path, metavar="IN_DIR", help="the folder of documents")
    parser.add_argument("output", type=Path, metavar="OUT_DIR", help="the folder of signed ones, made if missing")
    parser.add_argument("--signer", required=True, metavar="NIK", help="who signs")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--anchor",
        metavar="CHARACTER",
        help=ANCHOR,
    )
    where.add_argument("--box", metavar="PAGE,X,Y,W,H", help=BOX)
    where.add_argument("--invisible", action="store_true", help="no picture on the page (the default)")
    parser.add_argument("--level", **one_of(Level), default=Level.B_LT, help=LEVELS)
    parser.add_argument("--field", metavar="NAME", help="the empty signature field of this name, in each document")
    parser.add_argument("--reason", metavar="TEXT", help="why, written into the signatures")
    parser.add_argument("--certify", action="store_true", help="certify: later only signatures and form entries (P=2)")
    parser.add_argument(
        "--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N", help="processes (one per core)"
    )
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="F",
        help=ASKED_FOR,
    )
    parser.add_argument("--totp", metavar="CODE", help="one-time code of the authenticator")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    folders = folders_of(options)
    placement, nik = placement_of(options), Nik(options.signer)
    if not 1 <= options.jobs <= _MOST_JOBS:
        raise UsageWrong(problem=f"--jobs 1 to {_MOST_JOBS}")
    config = open_instance(options.data)
    open_signer(config)
    if config.cli_second_factor and options.totp is None:
        raise FactorMissing(factor=FactorKind.TOTP)

    from absah_site.signing.actions import (
        BatchSigningOrder,
        sign_batch_for_subscriber,
    )

    order = BatchSigningOrder(
        folders=folders,
        nik=nik,
        factors=Factors(passphrase=passphrase_of(options), totp=options.totp),
        application=APPLICATION,
        jobs=options.jobs,
        opening=partial(open_workbench, config.data),
        placement=placement,
        level=options.level,
        reason=options.reason,
        field_name=options.field,
        certify=options.certify,
    )
    with Interruption() as asked:
        report = sign_batch_for_subscriber(order, told=partial(tell, terminal), asked_to_stop=lambda: asked.to_stop)
    return conclude(report, folders, terminal)


def open_workbench(data: Path, /) -> Workbench:
    """What a worker process of a batch works with: of the ports of the instance those that need no signer's key."""
    open_instance(data)

    from absah_site import composition
    from absah_site.signing.actions import signing_ports

    instance, clock = signing_ports(), composition.clock()
    ports = LevelPorts(
        engine=instance.engine,
        timestamps=instance.timestamps,
        revocation=None if instance.revocation is None else RememberedRevocation(instance.revocation, clock),
        room=instance.room,
        surveyor=HERE,  # a worker may die over a document: it looks at it itself
    )
    return Workbench(ports=ports, clock=clock)


def folders_of(options: argparse.Namespace, /) -> BatchFolders:
    """The two folders; the outputs of one run must not be the inputs of the next."""
    inputs, outputs = options.input.resolve(), options.output.resolve()
    if not inputs.is_dir():
        raise UsageWrong(problem=f"{options.input} is not a folder")
    if outputs.is_relative_to(inputs) or inputs.is_relative_to(outputs):
        raise UsageWrong(problem="OUT_DIR must be beside IN_DIR, not inside it or around it")
    return BatchFolders(inputs=inputs, outputs=outputs)


class Interruption:
    """Ctrl+C and SIGTERM ask the batch to stop; what has its signature value is finished first."""

    def __init__(self) -> None:
        self.to_stop = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _ask(self, *_: object) -> None:
        self.to_stop = True


def tell(terminal: Terminal, progress: BatchProgress, /) -> None:
    """How far it is."""
    terminal.say("batch.progress", total=progress.total, signed=progress.signed, failed=progress.failed)
    terminal.result(progress={"total": progress.total, "signed": progress.signed, "failed": progress.failed})


def conclude(report: BatchReport, folders: BatchFolders, terminal: Terminal, /) -> Exit:
    """Say what became of each file, and choose the exit status."""
    counts = {state: report.count(state) for state in ("signed", "failed", "waiting")}
    for result in report.results:
        if result.state == "failed":
            cause = explain_code(result.code, result.parameters, terminal.language).cause
            terminal.say("batch.refused-file", name=on_one_line(result.name), cause=cause, code=result.code)
    terminal.say("batch.done", **counts, folder=str(folders.outputs))
    terminal.result(
        **counts,
        stopped=None if report.stopped is None else report.stopped.code,
        output=str(folders.outputs),
        results=[
            {"name": one.name, "state": one.state, "sha256": one.sha256, "record": one.record, "code": one.code}
            for one in report.results
        ],
    )
    if report.stopped is not None:
        if not terminal.as_json:
            terminal.refuse(report.stopped)
        # A consent that has run out is as good as a service that was away: the same command goes on.
        return (
            Exit.TRY_AGAIN if isinstance(report.stopped, ConsentUnknown | Unavailable) else exit_status(report.stopped)
        )
    return Exit.REFUSED if counts["failed"] else Exit.DONE

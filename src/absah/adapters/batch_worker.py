"""What a worker process of a batch does: hash a file, prepare a document, complete one. It opens no keys.

A task says where the bytes are and an answer what became of them, so that documents never travel between processes.
A worker ends with the process that started it: one that was orphaned could still write into a folder that somebody
else works on.
"""

import ctypes
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

from absah.adapters.batch_folders import PartNotWritten, sha256_of
from absah.adapters.file_source import FileSource
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError, BadInput, WrongState
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch import BatchActivation, BatchOrder, ItemCompleted, ItemKey, ItemPrepared, ItemValued
from absah.signing.completion import SigningPorts, complete
from absah.signing.ports import CredentialView, ReservedDocument
from absah.signing.preparation import prepare
from absah.signing.request import Authorised, Prepared

_PR_SET_PDEATHSIG: Final = 1
_RESERVED: Final = ".reserved"
_WHOLE: Final = ".whole"

log = logging.getLogger("absah.batch")


class InputChanged(BadInput):
    """The file is another one than when the batch was planned."""

    code = "batch.input-changed"


class PartLost(WrongState):
    """The prepared document is gone or damaged; it is prepared again, under a new authorisation."""

    code = "batch.part-lost"


class ItemBroken(BadInput):
    """The document made a program of ours stumble. Parameter: problem, the class of the fault."""

    code = "batch.item-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What a worker works with. Its `signer` is used for nothing here; time-stamps may come from the same process."""

    ports: SigningPorts
    clock: Clock


Opening: TypeAlias = Callable[[], Workbench]
"""Makes a workbench in a fresh process: a function of a module, or a partial of one, for it is pickled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashTask:
    """Find the SHA-256 of a file."""

    name: str
    source: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareTask:
    """Fix the bytes to be signed."""

    key: ItemKey
    name: str
    source: Path
    sha256: str
    parts: Path
    record: UUID
    signer: CredentialView


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask:
    """Make the signed document out of a signature value."""

    key: ItemKey
    valued: ItemValued
    activation: BatchActivation
    parts: Path


Task: TypeAlias = HashTask | PrepareTask | CompleteTask
Answer: TypeAlias = str | ItemPrepared | ItemCompleted | AbsahError


def serve(connection: Connection, opening: Opening, order: BatchOrder, parent: int, /) -> None:
    """Answer the tasks that come, one after another, until nobody is left who asks."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that leads; it lets us finish
    try:
        bench = opening()
    except AbsahError as error:
        connection.send(error)
        return
    connection.send(None)
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            connection.send(answer_to(task, order, bench))
        except OSError:
            return


def answer_to(task: Task, order: BatchOrder, bench: Workbench, /) -> Answer:
    """Do a task. Whatever goes wrong with a document is its answer and ends nothing else."""
    try:
        match task:
            case HashTask():
                return sha256_of(task.source)
            case PrepareTask():
                return _prepared(task, order, bench)
            case CompleteTask():
                return _completed(task, order, bench)
    except AbsahError as error:
        return error
    except Exception as fault:  # the worker's loop, one of the places that catch everything (house style §4)
        log.exception("a document of a batch")
        return ItemBroken(problem=type(fault).__name__)


def _end_with(parent: int) -> None:
    """Be killed when the process that started us dies (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _prepared(task: PrepareTask, order: BatchOrder, bench: Workbench) -> ItemPrepared:
    with FileSource(task.source) as source:
        document = source.read(0, source.size)
    if DigestAlgorithm.SHA256.digest(document).hex() != task.sha256:
        raise InputChanged
    draft = order.draft(document, task.record)
    prepared = prepare(draft, task.signer, bench.ports.engine, now=bench.clock.now())
    reserved = prepared.reserved
    part = f"{task.record.hex}{_RESERVED}"
    _write(task.parts / part, reserved.document)
    return ItemPrepared(
        record=task.record,
        name=task.name,
        part=part,
        digest=reserved.digest,
        algorithm=reserved.algorithm,
        byte_range=reserved.byte_range,
        field_name=reserved.field_name,
        signed_attributes=prepared.signed_attributes,
        at=prepared.at,
    )


def _completed(task: CompleteTask, order: BatchOrder, bench: Workbench) -> ItemCompleted:
    authorised = task.valued.authorised
    item = authorised.prepared
    reserved = _reread(task.parts / item.part, item)
    signed = complete(
        Authorised(
            prepared=Prepared(
                draft=order.draft(b"", item.record),  # the reserved document holds what came in
                reserved=reserved,
                signer=task.activation.signer,
                signed_attributes=item.signed_attributes,
                at=item.at,
            ),
            consent=task.activation.consent,
        ),
        task.valued.signature,
        bench.ports,
    )
    part = f"{item.record.hex}{_WHOLE}"
    _write(task.parts / part, signed.document)
    return ItemCompleted(
        record=item.record,
        name=item.name,
        consent_id=authorised.consent_id,
        part=part,
        sha256=DigestAlgorithm.SHA256.digest(signed.document).hex(),
    )


def _reread(path: Path, item: ItemPrepared) -> ReservedDocument:
    """The prepared document, if its bytes are still those that the signature is for. Raises PartLost."""
    try:
        document = path.read_bytes()
    except FileNotFoundError:
        raise PartLost from None
    except OSError as problem:
        raise PartNotWritten(problem=problem.strerror or "") from None
    first, first_length, second, second_length = item.byte_range
    covered = document[first : first + first_length] + document[second : second + second_length]
    if item.algorithm.digest(covered) != item.digest or len(document) != second + second_length:
        raise PartLost
    return ReservedDocument(
        document=document,
        byte_range=item.byte_range,
        digest=item.digest,
        algorithm=item.algorithm,
        field_name=item.field_name,
    )


def _write(path: Path, content: bytes) -> None:
    """Write a part. Whoever relies on it waits for the disk: many files at once, while we go on."""
    try:
        with path.open("wb", buffering=0) as file:
            view = memoryview(content)
            while view:
                view = view[file.write(view) :]
    except OSError as problem:
        raise PartNotWritten(problem=problem.strerror or "") from None

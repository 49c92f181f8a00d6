"""What a worker process of a batch does: hash a file, prepare a document, complete one. It opens no keys.

A task says where the bytes are and an answer what became of them, so that documents never travel between processes;
nor is one ever in memory as a whole. What is signed is a copy of our own: somebody may write into the file that came in
at any moment, and its hash is taken of the bytes that were copied.
A worker ends with the process that started it: one that was orphaned could still write into a folder that somebody
else works on.
"""

import ctypes
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import UUID

from absah.adapters.batch_folders import PartNotWritten, sha256_of
from absah.adapters.file_source import FileSource, FileUnread
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError, BadInput, WrongState
from absah.pdf.reader.source import ByteSource
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch import BatchActivation, BatchOrder, ItemCompleted, ItemKey, ItemPrepared, ItemValued
from absah.signing.completion import SigningPorts, complete
from absah.signing.hashing import HashedSource, HashState, hash_of, new_hash
from absah.signing.ports import CredentialView, ReservedDocument
from absah.signing.preparation import prepare
from absah.signing.request import Authorised, Prepared

_PR_SET_PDEATHSIG: Final = 1
_RESERVED: Final = ".reserved"
_WHOLE: Final = ".whole"
_PIECE: Final = 1 << 20

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
    reserve: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask:
    """Make the signed document out of a signature value. `token` is the time-stamp over it, if it was fetched."""

    key: ItemKey
    source: Path
    valued: ItemValued
    activation: BatchActivation
    parts: Path
    token: bytes | None = None


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
    with FileSource(task.source) as given:
        state = hash_of(given, DigestAlgorithm.SHA256)
        if state.digest().hex() != task.sha256:
            raise InputChanged
        source = HashedSource(given, {DigestAlgorithm.SHA256: state})
        draft = order.draft(source, task.record, reserve=task.reserve)
        ports = bench.ports
        prepared = prepare(draft, task.signer, ports.engine, now=bench.clock.now(), room=ports.room)
        reserved = prepared.reserved
        stamped = reserved.original.size - given.size
        appended = reserved.original.read(given.size, stamped) + reserved.appended
    part = f"{task.record.hex}{_RESERVED}"
    _write(task.parts / part, (appended,))
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
    part = task.parts / f"{task.valued.authorised.prepared.record.hex}{_WHOLE}"
    try:
        return _completed_in(part, task, order, bench)
    except AbsahError:
        part.unlink(missing_ok=True)
        raise


def _completed_in(part: Path, task: CompleteTask, order: BatchOrder, bench: Workbench) -> ItemCompleted:
    authorised = task.valued.authorised
    item = authorised.prepared
    states = _copied(task.source, part, {item.algorithm, DigestAlgorithm.SHA256})
    with FileSource(part) as copy:
        prepared = Prepared(
            draft=order.draft(b"", item.record),  # the copy holds what came in
            reserved=_reread(task.parts / item.part, item, HashedSource(copy, states)),
            signer=task.activation.signer,
            signed_attributes=item.signed_attributes,
            at=item.at,
        )
        signing = Authorised(prepared=prepared, consent=task.activation.consent)
        signed = complete(signing, task.valued.signature, bench.ports, token=task.token).source
        _write(part, _pieces(signed, copy.size), mode="ab")
        return ItemCompleted(
            record=item.record,
            name=item.name,
            consent_id=authorised.consent_id,
            part=part.name,
            sha256=hash_of(signed, DigestAlgorithm.SHA256).digest().hex(),
        )


def _copied(source: Path, target: Path, algorithms: set[DigestAlgorithm]) -> dict[DigestAlgorithm, HashState]:
    """Copy what came in, and hash what was copied. Raises PartLost when it is not there any more."""
    states = {algorithm: new_hash(algorithm) for algorithm in algorithms}
    try:
        with FileSource(source) as given:
            _write(target, _hashed(_pieces(given, 0), states))
    except FileUnread:
        raise PartLost from None
    return states


def _hashed(pieces: Iterator[bytes], states: dict[DigestAlgorithm, HashState]) -> Iterator[bytes]:
    for piece in pieces:
        for state in states.values():
            state.update(piece)
        yield piece


def _pieces(source: ByteSource, begin: int) -> Iterator[bytes]:
    """The bytes of a source from an offset on, a piece at a time."""
    for offset in range(begin, source.size, _PIECE):
        yield source.read(offset, _PIECE)


def _reread(path: Path, item: ItemPrepared, original: HashedSource) -> ReservedDocument:
    """The prepared document, if its bytes are still those that the signature is for. Raises PartLost."""
    try:
        appended = path.read_bytes()
    except FileNotFoundError:
        raise PartLost from None
    except OSError as problem:
        raise PartNotWritten(problem=problem.strerror or "") from None
    reserved = ReservedDocument(
        original=original,
        appended=appended,
        byte_range=item.byte_range,
        digest=item.digest,
        algorithm=item.algorithm,
        field_name=item.field_name,
    )
    first, second = reserved.hole
    if not 0 <= first < second <= len(appended) or original.size + len(appended) != sum(item.byte_range[2:]):
        raise PartLost
    state = original.state(item.algorithm)
    state.update(appended[:first])
    state.update(appended[second:])
    if state.digest() != item.digest:
        raise PartLost
    return reserved


def _write(path: Path, pieces: Iterable[bytes], mode: Literal["wb", "ab"] = "wb") -> None:
    """Write a part. Whoever relies on it waits for the disk: many files at once, while we go on."""
    try:
        with path.open(mode, buffering=0) as file:
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    view = view[file.write(view) :]
    except OSError as problem:
        raise PartNotWritten(problem=problem.strerror or "") from None

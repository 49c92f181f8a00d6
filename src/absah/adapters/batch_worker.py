"""What a worker process of a batch does: hash a file, prepare a document, complete one. It opens no keys.

No document is ever in memory as a whole. What is signed is a copy of our own: somebody may write into the file that
came in at any moment, and its hash is taken of the bytes that were copied.
A document has one part from its preparation to its end. First there is only what was appended, where it belongs, behind
a hole that takes no room on the disk; completing fills the hole with the copy. So each document costs the file system
one file, however many wait, and completing it once more, after a kill, finds what it needs.
A worker ends with the process that started it: one that was orphaned could still write into a folder that somebody
else works on. It comes from a nursery (`batch_nursery`), whose life is told here too.
"""

import gc
import logging
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from socket import socket
from typing import Final, NoReturn

from absah.adapters.batch_folders import PartNotWritten
from absah.adapters.batch_pipe import WorkerEnd
from absah.adapters.batch_tasks import (
    Answer,
    Assignment,
    CompleteTask,
    HashTask,
    InputChanged,
    ItemBroken,
    PartLost,
    PrepareTask,
    Task,
    Workbench,
)
from absah.adapters.file_source import FileSource, FileUnread
from absah.adapters.lifeline import end_with
from absah.kernel.errors import AbsahError, Unavailable
from absah.pdf.reader.source import ByteSource
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch.items import ItemCompleted, ItemPrepared
from absah.signing.completion import complete
from absah.signing.hashing import HashedSource, HashState, hash_of, new_hash
from absah.signing.placement import INVISIBLE
from absah.signing.ports import ReservedDocument
from absah.signing.preparation import prepare
from absah.signing.request import Authorised, Prepared

_PART: Final = ".part"
_PIECE: Final = 1 << 20
MOST_SECONDS: Final = 300
"""Of a processor, for one document: many times what the largest one takes."""

log = logging.getLogger("absah.batch")


def nurse() -> NoReturn:
    """The life of a nursery: a worker for each pipe that is sent. Arguments: its own pipe, the process that leads."""
    control, leader = Connection(int(sys.argv[1])), int(sys.argv[2])
    end_with(leader)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that leads; it lets us finish
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a worker ended
    with suppress(EOFError, OSError):
        sys.path[:] = control.recv()
        assignment = control.recv()
        if assignment.order.placement != INVISIBLE:
            import pypdfium2  # noqa: F401, PLC0415  (what finds a place: loaded once, before there are workers)
        gc.freeze()
        nursery = os.getpid()
        while True:
            end = recv_handle(control)
            if not os.fork():
                control.close()
                _live(WorkerEnd(socket(fileno=end)), assignment, nursery)
            os.close(end)
    with suppress(ChildProcessError):
        os.wait()  # with SIGCHLD ignored: until none is left
    os._exit(0)


def _live(pipe: WorkerEnd, assignment: Assignment, nursery: int) -> NoReturn:
    """The life of a worker."""
    end_with(nursery)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(EOFError, OSError):
        _work(pipe, assignment)
    os._exit(0)  # nothing is left to put away, and to take an interpreter apart costs as much as many documents


def _work(pipe: WorkerEnd, assignment: Assignment) -> None:
    """Open what is needed, then answer the tasks that come, each by itself, until nobody is left who asks."""
    try:
        bench = assignment.opening()
    except AbsahError as error:
        pipe.say(error)
        return
    gc.enable()
    pipe.say(None)
    silence: Unavailable | None = None
    while True:
        for task in pipe.hear():
            if isinstance(task, CompleteTask) and silence is not None:
                pipe.say(silence)  # the batch ends at the first silence: nobody waits thirty times for the same
                continue
            _allow_time()
            answer = answer_to(task, assignment, bench)
            if isinstance(task, CompleteTask) and isinstance(answer, Unavailable):
                silence = answer
            pipe.say(answer)


def _allow_time() -> None:
    """A task that takes longer than that is taken for one that never ends: the system ends us, as over a deadly one."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + MOST_SECONDS, most))


def answer_to(task: Task, assignment: Assignment, bench: Workbench, /) -> Answer:
    """Do a task. Whatever goes wrong with a document is its answer and ends nothing else."""
    try:
        match task:
            case HashTask():
                return assignment.folders.hashes(task.names)
            case PrepareTask():
                return _prepared(task, assignment, bench)
            case CompleteTask():
                return _completed(task, assignment, bench)
    except AbsahError as error:
        return error
    except Exception as fault:  # the worker's loop, one of the places that catch everything (house style §4)
        log.exception("a document of a batch")
        return ItemBroken(problem=type(fault).__name__)


def _prepared(task: PrepareTask, assignment: Assignment, bench: Workbench) -> ItemPrepared:
    with FileSource(assignment.folders.source(task.name)) as given:
        state = hash_of(given, DigestAlgorithm.SHA256)
        if state.digest().hex() != task.sha256:
            raise InputChanged
        source = HashedSource(given, {DigestAlgorithm.SHA256: state})
        draft = assignment.order.draft(source, task.record, reserve=task.reserve)
        ports = bench.ports
        prepared = prepare(draft, task.signer, ports.engine, now=bench.clock.now(), room=ports.room)
        reserved = prepared.reserved
        stamped = reserved.original.size - given.size
        appended = reserved.original.read(given.size, stamped) + reserved.appended
    part = f"{task.record.hex}{_PART}"
    _write(assignment.folders.parts / part, (appended,), begin=given.size)
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


def _completed(task: CompleteTask, assignment: Assignment, bench: Workbench) -> ItemCompleted:
    authorised = task.valued.authorised
    item = authorised.prepared
    part = assignment.folders.parts / item.part
    size, appended, states = _copied(assignment.folders.source(item.name), part, item)
    with FileSource(part, size=size) as copy:
        prepared = Prepared(
            draft=assignment.order.draft(b"", item.record),  # the copy holds what came in
            reserved=_reserved(item, HashedSource(copy, states), appended),
            signer=task.activation.signer,
            signed_attributes=item.signed_attributes,
            at=item.at,
        )
        signing = Authorised(prepared=prepared, consent=task.activation.consent)
        signed = complete(signing, task.valued.signature, bench.ports, token=task.token).source
        _write(part, _pieces(signed, size), begin=size, is_end=True)
        return ItemCompleted(
            record=item.record,
            name=item.name,
            consent_id=authorised.consent_id,
            part=part.name,
            sha256=hash_of(signed, DigestAlgorithm.SHA256).digest().hex(),
        )


def _copied(source: Path, part: Path, item: ItemPrepared) -> tuple[int, bytes, dict[DigestAlgorithm, HashState]]:
    """Copy what came in before what was appended: the size of the one, the other, and hashes of what was copied.

    Raises PartLost when either is not there any more.
    """
    states = {algorithm: new_hash(algorithm) for algorithm in {item.algorithm, DigestAlgorithm.SHA256}}
    try:
        with FileSource(source) as given:
            appended = _appended(part, given.size, sum(item.byte_range[2:]))
            _write(part, _hashed(_pieces(given, 0), states))
            return given.size, appended, states
    except FileUnread:
        raise PartLost from None


def _appended(part: Path, begin: int, end: int) -> bytes:
    """What was appended when the document was prepared; in the place of the signature, anything. Raises PartLost."""
    try:
        with part.open("rb", buffering=0) as file:
            file.seek(begin)
            return file.read(max(0, end - begin))
    except FileNotFoundError:
        raise PartLost from None
    except OSError as problem:
        raise PartNotWritten(problem=problem.strerror or "") from None


def _hashed(pieces: Iterator[bytes], states: dict[DigestAlgorithm, HashState]) -> Iterator[bytes]:
    for piece in pieces:
        for state in states.values():
            state.update(piece)
        yield piece


def _pieces(source: ByteSource, begin: int) -> Iterator[bytes]:
    """The bytes of a source from an offset on, a piece at a time."""
    for offset in range(begin, source.size, _PIECE):
        yield source.read(offset, _PIECE)


def _reserved(item: ItemPrepared, original: HashedSource, appended: bytes) -> ReservedDocument:
    """The prepared document, if its bytes are still those that the signature is for. Raises PartLost."""
    _, first, second, _ = item.byte_range
    first, second = first - original.size, second - original.size
    if not 0 <= first < second <= len(appended) or original.size + len(appended) != sum(item.byte_range[2:]):
        raise PartLost
    state = original.state(item.algorithm)
    state.update(appended[:first])
    state.update(appended[second:])
    if state.digest() != item.digest:
        raise PartLost
    # Who completed it before a kill may have put the signature into its place already.
    empty = b"<%b>" % (b"0" * (second - first - 2))
    return ReservedDocument(
        original=original,
        appended=b"".join((appended[:first], empty, appended[second:])),
        byte_range=item.byte_range,
        digest=item.digest,
        algorithm=item.algorithm,
        field_name=item.field_name,
    )


def _write(part: Path, pieces: Iterable[bytes], *, begin: int = 0, is_end: bool = False) -> None:
    """Write into a part, from `begin` on. Whoever relies on it waits for the disk: many files at once, while we go on.

    What lies behind stays, unless this `is_end`: whoever completed the document before a kill may have written more.
    """
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    written = os.pwrite(descriptor, view, begin)
                    begin, view = begin + written, view[written:]
            if is_end and os.fstat(descriptor).st_size > begin:
                os.ftruncate(descriptor, begin)
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise PartNotWritten(problem=problem.strerror or "") from None

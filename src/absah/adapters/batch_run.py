"""A batch from its folder of documents to its folder of signed ones: plan, recovery, result.

A run that was cut off and is begun again goes on where its journal ends. A run that was finished and is begun again
signs what is new in the folder and nothing twice.
"""

from collections import deque
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from absah.adapters.batch_folders import BatchFolders, OutputExists
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_leader import TICK, BatchLeader
from absah.adapters.batch_pool import WorkerPool
from absah.adapters.batch_ports import BatchPorts, BatchStopped
from absah.adapters.batch_tasks import Assignment, HashTask, Opening
from absah.kernel.errors import AbsahError, Parameter
from absah.signing.batch.items import ItemFailed, ItemSigned, Waiting
from absah.signing.batch.order import BatchItem, BatchOrder, ItemKey, plan_items
from absah.signing.batch.state import BatchState, recover
from absah.signing.factors import Factors

_HASHED_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJob:
    """What to sign, how, with how many processes. `opening` makes what each of them works with."""

    order: BatchOrder
    folders: BatchFolders
    factors: Factors
    jobs: int
    opening: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class NameResult:
    """What became of one file. `state` is signed, failed or waiting; `sha256` that of the signed document.

    Of one that failed, `code` and `parameters` tell why. A `name` that is not UTF-8 has surrogates (PEP 383).
    """

    name: str
    state: str
    sha256: str = ""
    record: str = ""
    code: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What became of all. `stopped` is why the run ended early; begun again, it goes on."""

    results: tuple[NameResult, ...]
    stopped: AbsahError | None

    def count(self, state: str, /) -> int:
        """How many files are in a state."""
        return sum(result.state == state for result in self.results)


@dataclass(slots=True)
class _Plan:
    """The items of the folder, and the names that have a problem of their own."""

    items: tuple[BatchItem, ...]
    refused: dict[str, AbsahError] = field(default_factory=dict)


def run_batch(job: BatchJob, ports: BatchPorts, /) -> BatchReport:
    """Sign the documents of a folder.

    Raises BatchRunning, OtherOrder, JournalDamaged, FolderUnusable, InputsUnreadable. BatchStopped as long as nobody
    knows what there is to sign, while later the report has it.
    """
    # The processes first: they take longer to start than the disk takes for the journal. They end before it is closed.
    pool = WorkerPool(job.jobs, Assignment(order=job.order, folders=job.folders, opening=job.opening))
    try:
        journal = BatchJournal.opened(job.folders.outputs, job.order)
    except BaseException:
        pool.close()
        raise
    with journal:
        with pool:
            reserve = journal.state.roomiest()
            _recover(journal, job.folders, ports)
            plan = _planned(job, pool, ports.asked_to_stop)
            leader = BatchLeader(job.order, job.folders, job.factors, journal=journal, pool=pool, ports=ports)
            leader.begin(plan.items, _to_do(plan, journal.state, job.folders), reserve=reserve)
            leader.lead()
        _copy_to_equal_names(plan, journal.state, job.folders, fresh=leader.handed_out)
        return BatchReport(results=tuple(_results(plan, journal.state)), stopped=leader.stopped)


def _recover(journal: BatchJournal, folders: BatchFolders, ports: BatchPorts) -> None:
    """Put back to waiting what an earlier run left between two states, and tell the ledger."""
    recovery = recover(journal.state)
    ports.ledger.give_up(recovery.given_up, None)
    journal.append(recovery.moves)
    folders.tidy(journal.state)


def _planned(job: BatchJob, pool: WorkerPool, asked_to_stop: Callable[[], bool]) -> _Plan:
    """What lies in the folder. Raises InputsUnreadable, BatchStopped."""
    names = tuple(job.folders.documents())
    found = _hashed(names, job, pool, asked_to_stop)
    hashes = ((name, hashed) for name in names if isinstance(hashed := found[name], str))
    refused = {name: error for name, error in found.items() if isinstance(error, AbsahError)}
    return _Plan(items=plan_items(job.order, hashes), refused=refused)


def _hashed(
    names: tuple[str, ...], job: BatchJob, pool: WorkerPool, asked_to_stop: Callable[[], bool]
) -> dict[str, str | AbsahError]:
    """The hash of each, or why it has none: made in the workers, and here as long as those are being started."""
    found: dict[str, str | AbsahError] = {}
    waiting = deque(names[first : first + _HASHED_AT_ONCE] for first in range(0, len(names), _HASHED_AT_ONCE))
    while len(found) < len(names):
        if asked_to_stop():
            raise BatchStopped
        if not pool.ready and waiting:
            group = waiting.popleft()
            found.update(zip(group, job.folders.hashes(group), strict=True))
        while pool.ready and pool.free and waiting:
            pool.submit(HashTask(names=waiting.popleft()))
        for task, answer in pool.wait(TICK if pool.busy else 0):
            if not isinstance(task, HashTask) or not isinstance(answer, tuple | AbsahError):
                raise TypeError("nothing else was asked yet")
            if isinstance(answer, AbsahError) and len(task.names) > 1:
                waiting.extend((name,) for name in task.names)  # a worker died over one of them
            else:
                found.update(zip(task.names, answer if isinstance(answer, tuple) else (answer,), strict=True))
    return found


def _to_do(plan: _Plan, state: BatchState, folders: BatchFolders) -> list[BatchItem]:
    """The items that wait, without those for whose output there is no place."""
    found = []
    for item in plan.items:
        if not isinstance(state.of(item.key), Waiting):
            continue
        taken = [name for name in item.names if folders.target(name).exists()]
        plan.refused.update((name, OutputExists()) for name in taken)
        if not taken:
            found.append(item)
    return found


def _copy_to_equal_names(plan: _Plan, state: BatchState, folders: BatchFolders, *, fresh: AbstractSet[ItemKey]) -> None:
    """Files of the same content are signed once; each name gets the result.

    What an earlier run has handed out is looked at again; what is `fresh` is known to be there.
    """
    for item in plan.items:
        reached = state.of(item.key)
        if isinstance(reached, ItemSigned):
            for name in item.names:
                if name == reached.name and item.key in fresh:
                    continue
                try:
                    folders.copy(reached.name, name, reached.sha256)
                except AbsahError as error:
                    plan.refused[name] = error


def _results(plan: _Plan, state: BatchState) -> list[NameResult]:
    found = [
        NameResult(name=name, state="failed", code=error.code, parameters=error.parameters)
        for name, error in plan.refused.items()
    ]
    for item in plan.items:
        reached = state.of(item.key)
        for name in item.names:
            if name in plan.refused:
                continue
            match reached:
                case ItemSigned(record=record, sha256=sha256):
                    found.append(NameResult(name=name, state="signed", sha256=sha256, record=str(record)))
                case ItemFailed(code=code, parameters=parameters):
                    found.append(NameResult(name=name, state="failed", code=code, parameters=dict(parameters)))
                case _:
                    found.append(NameResult(name=name, state="waiting"))
    return sorted(found, key=lambda result: result.name)

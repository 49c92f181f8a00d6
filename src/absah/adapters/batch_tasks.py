"""What the pool of a batch and its workers say to each other: the assignment once, then tasks and answers.

A task says what to do and an answer what became of it; documents never travel, for both know the folders. What travels
has no slots: Python pickles a frozen class with slots field by field, which took a fifth of the leader's time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from absah.adapters.batch_folders import BatchFolders, Hashes
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError, BadInput, WrongState
from absah.signing.batch.items import BatchActivation, ItemCompleted, ItemPrepared, ItemValued
from absah.signing.batch.order import BatchOrder, ItemKey
from absah.signing.completion import LevelPorts
from absah.signing.ports import CredentialView


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
    """What a worker works with: no keys, and no way to those of signers."""

    ports: LevelPorts
    clock: Clock


Opening: TypeAlias = Callable[[], Workbench]
"""Makes a workbench in a fresh process: a function of a module, or a partial of one, for it is pickled."""


@dataclass(frozen=True, kw_only=True)
class HashTask:
    """Find the SHA-256 of files; the answer is one for each."""

    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PrepareTask:
    """Fix the bytes to be signed."""

    key: ItemKey
    name: str
    sha256: str
    record: UUID
    signer: CredentialView
    reserve: int = 0


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """Make the signed document out of a signature value. `token` is the time-stamp over it, if it was fetched."""

    key: ItemKey
    valued: ItemValued
    activation: BatchActivation
    token: bytes | None = None


Task: TypeAlias = HashTask | PrepareTask | CompleteTask
Answer: TypeAlias = Hashes | ItemPrepared | ItemCompleted | AbsahError


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What all tasks of a batch have in common."""

    order: BatchOrder
    folders: BatchFolders
    opening: Opening

"""What travels between us and a worker: length-prefixed frames; a task one way, an answer the other.

A worker that a file has taken over can send what it likes. So its answers are read by an unpickler that makes values of
ours and nothing else: classes that hold facts, enumerations, times. It calls no other function.
"""

import enum
import importlib
import io
import pickle
import struct
from dataclasses import dataclass, is_dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

MOST_ANSWER: Final = 256 << 20
HEADER: Final = struct.Struct(">Q")
_FACTS: Final = (
    "absah.kernel.people",
    "absah.pdf.anchors",
    "absah.pdf.geometry",
    "absah.pdf.hazards",
    "absah.pdf.intake",
    "absah.pdf.page_places",
    "absah.pdf.page_views",
    "absah.pki.algorithms",
    "absah.validation.evidence",
)
_PLAIN: Final = {
    ("builtins", "frozenset"): frozenset,
    ("builtins", "set"): set,
    ("datetime", "datetime"): datetime,
    ("datetime", "timedelta"): timedelta,
    ("datetime", "timezone"): timezone,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A function of ours by name (`module:function`), called with a document and what else it wants."""

    function: str
    arguments: tuple[object, ...] = ()
    cpu_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The function raised an error of our tree: its class (`module:name`) and its parameters."""

    error: str
    parameters: tuple[tuple[str, str | int], ...]


class AnswerMalformed(Exception):
    """What came is no answer of ours. Never leaves the package."""


class _Facts(pickle.Unpickler):
    """Makes the values of an answer."""

    def find_class(self, module: str, name: str, /) -> Any:
        return _class_of_facts(module, name)


@lru_cache(maxsize=128)  # the same few in every answer; a name that is refused is not remembered
def _class_of_facts(module: str, name: str) -> Any:
    if (module, name) in _PLAIN:
        return _PLAIN[module, name]
    if module == __name__ and name == Refused.__name__:
        return Refused
    if module in _FACTS:
        found = getattr(importlib.import_module(module), name, None)
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, enum.Enum)):
            return found
    raise AnswerMalformed(f"{module}.{name}")


def read_answer(frame: bytes, /) -> object:
    """An answer as a value. Raises AnswerMalformed for anything else."""
    try:
        found: object = _Facts(io.BytesIO(frame)).load()
    except AnswerMalformed:
        raise
    except Exception as problem:  # an unpickler over hostile bytes may raise anything
        raise AnswerMalformed(type(problem).__name__) from problem
    return found

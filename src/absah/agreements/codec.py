"""Values of this area as JSON and back: how events and moves are stored, exchanged and exported.

Every dataclass is an object with `kind`, its class, and its fields; days and instants are ISO 8601, sets are sorted
lists. Two values have one JSON if and only if they are equal. What does not fit its type is refused, never guessed.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from absah.agreements.events import Event
from absah.agreements.fulfilment import Fulfilment, Move
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError, BadInput

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
_T = TypeVar("_T")


class RecordUnreadable(BadInput):
    """Stored JSON that is not the value it should be. Parameters: wanted, problem."""

    code = "agreements.record-unreadable"


def encode(value: object, /) -> Json:
    """A value of ours as JSON."""
    match value:
        case StrEnum():
            return value.value
        case None | bool() | int() | str():
            return value
        case date():  # and datetime, which is one
            return value.isoformat()
        case tuple():
            return [encode(each) for each in value]
        case frozenset():
            return cast("Json", sorted(encode(each) for each in value))  # words and numbers
        case _ if is_dataclass(value):
            named = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
            return {"kind": type(value).__name__, **named}
        case _:
            raise TypeError(type(value).__name__)


def event_from(stored: Json, /) -> Event:
    """An event that was stored. Raises RecordUnreadable."""
    return cast("Event", decode(Event, stored))


def move_from(stored: Json, /) -> Move:
    """A move of a fulfilment that was stored. Raises RecordUnreadable."""
    return cast("Move", decode(Move, stored))


def fulfilment_from(stored: Json, /) -> Fulfilment:
    """A fulfilment that was stored. Raises RecordUnreadable."""
    return cast("Fulfilment", decode(Fulfilment, stored))


def decode(wanted: Any, stored: Json, /) -> object:
    """The value of a type that `encode` made. Raises RecordUnreadable, or what the value itself refuses."""
    try:
        return _decode(wanted, stored)
    except AbsahError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError) as problem:
        raise RecordUnreadable(wanted=_named(wanted), problem=str(problem)[:200]) from None


def _named(wanted: Any, /) -> str:
    return str(getattr(wanted, "__name__", wanted)).rpartition(".")[2][:60]


def _decode(wanted: Any, stored: Any, /) -> object:
    while hasattr(wanted, "__supertype__"):  # a NewType is what it stands on
        wanted = wanted.__supertype__
    origin = get_origin(wanted)
    if origin in {Union, UnionType}:
        return _one_of(get_args(wanted), stored)
    if origin is tuple:
        return _tuple(get_args(wanted), stored)
    if origin is frozenset:
        (item,) = get_args(wanted)
        return frozenset(_decode(item, each) for each in stored)
    return _plain(wanted, stored)


def _plain(wanted: Any, stored: Any, /) -> object:
    if is_dataclass(wanted):
        return _dataclass(cast("type", wanted), stored)
    if issubclass(wanted, datetime):
        return instant(datetime.fromisoformat(stored))
    if issubclass(wanted, date):
        return date.fromisoformat(stored)
    if issubclass(wanted, StrEnum):
        return wanted(stored)
    if type(stored) is not wanted:
        raise TypeError(f"{stored!r} is no {wanted.__name__}")
    return stored


def _one_of(members: tuple[Any, ...], stored: Any, /) -> object:
    if stored is None and NoneType in members:
        return None
    others = [each for each in members if each is not NoneType]
    if isinstance(stored, Mapping):
        return _decode(next((each for each in others if _kind(each) == stored["kind"]), others[0]), stored)
    if isinstance(stored, str) and len(others) > 1:  # a day or an instant: only the latter has a time
        return instant(datetime.fromisoformat(stored)) if "T" in stored else date.fromisoformat(stored)
    return _decode(others[0], stored)


def _kind(wanted: Any, /) -> str:
    return str(getattr(wanted, "__name__", ""))


def _tuple(items: tuple[Any, ...], stored: Any, /) -> tuple[object, ...]:
    if not isinstance(stored, list):
        raise TypeError(f"{stored!r} is no list")
    kinds = [items[0]] * len(stored) if items[-1] is Ellipsis else items
    return tuple(_decode(kind, each) for kind, each in zip(kinds, stored, strict=True))


def _dataclass(wanted: type[_T], stored: Any, /) -> _T:
    hints = _hints(cast("Hashable", wanted))
    named = dict(stored)
    if named.pop("kind") != wanted.__name__ or named.keys() - hints.keys():
        raise TypeError(f"{stored.get('kind')} is no {wanted.__name__}")
    build: Callable[..., _T] = wanted
    return build(**{name: _decode(hints[name], each) for name, each in named.items()})


@cache
def _hints(wanted: Hashable, /) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    kind = cast("Any", wanted)
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}

"""Frozen values as JSON, and back, for the tables that keep facts.

A value is written with the name of its class (`is`), so that alternatives stay apart, and read along the types of its
fields, so that a row somebody has meddled with is refused and not half understood. A class may gain fields with
defaults; it is never renamed.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NewType, Union, get_args, get_origin, get_type_hints

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError, BadInput

_IS: Final = "is"
_PLAIN: Final = (str, bool, int)


class FactUnreadable(BadInput):
    """A stored fact is of a kind this version does not know, or not what its kind demands. Parameters: kind, field."""

    code = "agreements.fact-unreadable"


class _Mismatch(Exception):
    """The field that does not fit."""


def alternatives(hint: Any, /) -> tuple[Any, ...]:
    """The members of a union, unions inside it included; a type that is none is its only member."""
    if get_origin(hint) in {Union, UnionType}:
        return tuple(one for part in get_args(hint) for one in alternatives(part))
    return (hint,)


def encode(fact: object, /) -> str:
    """A fact as JSON."""
    return json.dumps(_written(fact), ensure_ascii=False, separators=(",", ":"))


def written(fact: object, /) -> Any:
    """A fact as what JSON is made of."""
    return _written(fact)


def decode(kinds: Mapping[str, type[Any]], kind: str, body: str, /) -> Any:
    """A fact of one of these kinds from JSON. Raises FactUnreadable."""
    try:
        return _read(kinds[kind], json.loads(body), kind)
    except (_Mismatch, AbsahError) as problem:
        raise FactUnreadable(kind=kind, field=str(problem)[:120]) from None
    except (KeyError, ValueError):
        raise FactUnreadable(kind=kind[:60], field="") from None


def _written(value: object, /) -> object:
    match value:
        case None | str() | bool() | int() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case date():  # a datetime, too
            return value.isoformat()
        case tuple():
            return [_written(each) for each in value]
        case frozenset():
            return sorted(_written(each) for each in value)  # type: ignore[type-var]  # enums and strings
        case _ if is_dataclass(value):
            inside = {field.name: _written(getattr(value, field.name)) for field in fields(value)}
            return {_IS: type(value).__name__, **inside}
    raise TypeError(f"no fact holds a {type(value).__name__}")


@cache
def _hints(kind: type, /) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, value: object, at: str, /) -> Any:
    hint = _underneath(hint)
    among = alternatives(hint)
    if len(among) > 1:
        return _read_one_of(among, value, at)
    if get_origin(hint) in {tuple, frozenset}:
        return _read_several(hint, value, at)
    if is_dataclass(hint):
        return _read_dataclass(hint, value, at)
    if hint in _PLAIN:
        return _expect(type(value) is hint, value, at)
    _expect(isinstance(value, str), value, at)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return instant(datetime.fromisoformat(str(value))) if hint is datetime else date.fromisoformat(str(value))


def _underneath(hint: Any, /) -> Any:
    """What a `NewType` stands for. An instant is a datetime."""
    while isinstance(hint, NewType):
        hint = datetime if hint is Instant else hint.__supertype__
    return hint


def _read_one_of(among: tuple[Any, ...], value: object, at: str, /) -> Any:
    if value is None:
        return _expect(NoneType in among, None, at)
    rest = [one for one in among if one is not NoneType]
    if isinstance(value, dict):
        rest = [one for one in rest if getattr(one, "__name__", "") == value.get(_IS)]
    elif {_underneath(one) for one in rest} == {date, datetime}:  # only a moment has an hour
        rest = [one for one in rest if (_underneath(one) is datetime) is ("T" in str(value))]
    _expect(len(rest) == 1, value, at)
    return _read(rest[0], value, at)


def _read_several(hint: Any, value: object, at: str, /) -> Any:
    if not isinstance(value, list):
        raise _Mismatch(at)
    inside = get_args(hint)
    if inside[-1] is Ellipsis or get_origin(hint) is frozenset:
        read = [_read(inside[0], each, at) for each in value]
        return get_origin(hint)(read)
    _expect(len(inside) == len(value), value, at)
    return tuple(_read(each, found, at) for each, found in zip(inside, value, strict=True))


def _read_dataclass(kind: Any, value: object, at: str, /) -> Any:
    if not isinstance(value, dict) or value.get(_IS) != kind.__name__:
        raise _Mismatch(at)
    known = {field.name: field for field in fields(kind)}
    _expect(value.keys() <= {_IS, *known}, value, at)
    missing = [name for name, field in known.items() if name not in value and _is_needed(field)]
    _expect(not missing, value, at)
    return kind(**{name: _read(_hints(kind)[name], value[name], f"{at}.{name}") for name in known if name in value})


def _is_needed(field: Any, /) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _expect(fits: bool, value: Any, at: str, /) -> Any:  # noqa: FBT001 - the question, not a switch
    if not fits:
        raise _Mismatch(at)
    return value

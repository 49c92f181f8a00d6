"""Where a signature shows itself, as both versions say it: a box measured from a corner, or a mark in the text."""

from collections.abc import Mapping
from typing import Final

from absah.esign.asks import Reading
from absah.esign.parameters import number_of, whole_number_of
from absah.esign.refusals import MarkTooLong, ParameterMalformed, ParameterMissing
from absah.signing.placement import AtMark, AtOffset, Corner, PageEnd

#: For applications that name a mark and no size, in points.
USUAL_SIDE: Final = 100.0
_LONGEST_MARK: Final = 32
_VISIBLE, _INVISIBLE = "visible", "invisible"


def is_visible(tampilan: str, /) -> bool:
    """What `tampilan` says, in either case. Raises ParameterMalformed."""
    if tampilan.lower() not in {_VISIBLE, _INVISIBLE}:
        raise ParameterMalformed(parameter="tampilan", expected="VISIBLE, INVISIBLE")
    return tampilan.lower() == _VISIBLE


def mark(tag: str, fields: Mapping[str, object], reading: Reading, /) -> AtMark:
    """A mark, with the size of what stands there. Raises MarkTooLong."""
    if len(tag) > _LONGEST_MARK:
        raise MarkTooLong(longest=_LONGEST_MARK)
    return AtMark(
        text=tag,
        occurrence=reading.occurrence,
        width=_size(fields, "width", USUAL_SIDE),
        height=_size(fields, "height", USUAL_SIDE),
        page=whole_number_of(fields, "page"),
    )


def offset_box(page: int | PageEnd, corner: Corner, fields: Mapping[str, object], axes: tuple[str, str], /) -> AtOffset:
    """A box whose place stands under two names. Raises ParameterMissing."""
    x, y = (_required_number(fields, axis) for axis in axes)
    width, height = (_size(fields, name, None) for name in ("width", "height"))
    return AtOffset(page=page, corner=corner, x=x, y=y, width=width, height=height)


def _required_number(fields: Mapping[str, object], name: str) -> float:
    number = number_of(fields, name)
    if number is None:
        raise ParameterMissing(parameter=name)
    return number


def _size(fields: Mapping[str, object], name: str, usual: float | None) -> float:
    number = number_of(fields, name)
    if number is None and usual is not None:
        return usual
    if number is None:
        raise ParameterMissing(parameter=name)
    if number <= 0:
        raise ParameterMalformed(parameter=name, expected="number > 0")
    return number

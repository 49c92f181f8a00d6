"""Entries whose time runs backwards, as the sequencer found them."""

from collections.abc import Iterable

from absah.audit.setbacks import Setback
from absah.kernel.clock import instant
from absah_site.ledger.models import Setback as Row


def _value(row: Row) -> Setback:
    return Setback(begin=int(row.begin), end=int(row.end), at=instant(row.at), before=instant(row.before))


def keep(found: Iterable[Setback], /) -> None:
    """Remember them."""
    Row.objects.bulk_create([Row(begin=one.begin, end=one.end, at=one.at, before=one.before) for one in found])


def newest(*, limit: int) -> tuple[Setback, ...]:
    """The newest, newest first."""
    return tuple(map(_value, Row.objects.order_by("-begin")[:limit]))


def count() -> int:
    """How many there are."""
    return Row.objects.count()


def covering(begin: int, end: int, /) -> tuple[Setback, ...]:
    """Those among entries `[begin, end)`."""
    return tuple(map(_value, Row.objects.filter(begin__lt=end, end__gt=begin).order_by("begin")))

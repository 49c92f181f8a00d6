"""Numbers about the dossiers of an agency: counted by the database, one question each, no row read."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth

from absah.kernel.clock import JAKARTA, Instant, instant
from absah.workflow.life import State
from absah.workflow.parts import Part, SeatState
from absah_site.dossiers import models

#: The ends of the classes of waiting, in days; the last class has none.
CLASSES: Final = (1, 3, 7, 14)


def signed_by_month(agency: str, since: Instant, /) -> Mapping[date, int]:
    """How many signatures were made, by the first day of the month in Jakarta."""
    rows = models.Seat.objects.filter(dossier__agency=agency, state=SeatState.DONE.value, since__gte=since)
    counted = rows.annotate(month=TruncMonth("since", tzinfo=JAKARTA)).values_list("month")
    return {month.date(): number for month, number in counted.annotate(number=Count("pk")).order_by("month")}


def days_until_finished(agency: str, since: Instant, /) -> tuple[int, ...]:
    """How many documents were finished within each class of days after they were sent."""
    rows = models.Dossier.objects.filter(agency=agency, state=State.COMPLETED.value, ended_at__gte=since)
    within = {f"d{days}": Count("pk", filter=Q(ended_at__lte=F("sent_at") + timedelta(days=days))) for days in CLASSES}
    return _apart(rows.aggregate(total=Count("pk"), **within))


def days_of_waiting(agency: str, now: Instant, /) -> tuple[int, ...]:
    """Since how many days, by class, those who are asked have had a document."""
    rows = models.Seat.objects.filter(dossier__agency=agency, state=SeatState.TURN.value).exclude(part=Part.COPY.value)
    within = {f"d{days}": Count("pk", filter=Q(since__gte=instant(now - timedelta(days=days)))) for days in CLASSES}
    return _apart(rows.aggregate(total=Count("pk"), **within))


def _apart(within: Mapping[str, int]) -> tuple[int, ...]:
    """Numbers of each class, from the numbers up to each end."""
    ends = [0, *(within[f"d{days}"] for days in CLASSES), within["total"]]
    return tuple(later - earlier for earlier, later in pairwise(ends))

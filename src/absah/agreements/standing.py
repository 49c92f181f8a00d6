"""How a duty stands on a day: computed from its moves, its due day and that day, and never stored.

So it cannot be stale, and the report of last year can be made again. In time or late is judged by the submission, not
by the acceptance: the bearer does not answer for the time that the beneficiary takes to read.
"""

from datetime import date
from enum import StrEnum

from absah.agreements.fulfilment import GRAPH, Fulfilment
from absah.agreements.graphs import load_graph


class Standing(StrEnum):
    """How a duty stands on a day."""

    NO_DATE = "no-date"
    NOT_DUE = "not-due"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    WAITING = "waiting"
    WAITING_LATE = "waiting-late"
    MET = "met"
    MET_LATE = "met-late"
    WAIVED = "waived"
    EXCUSED = "excused"


def standing(
    fulfilment: Fulfilment | None, due: date | None, /, *, today: date, warn_days: int = 30, excused: bool = False
) -> Standing:
    """How a duty stands. `due` is None where nobody has set a date; `excused` if force majeure covers the due day."""
    state = fulfilment.state if fulfilment else load_graph(GRAPH).initial
    if state == "waived":
        return Standing.WAIVED
    shown = fulfilment.submitted_on if fulfilment else None
    if shown is not None:
        late = due is not None and shown > due and not excused
        if state == "accepted":
            return Standing.MET_LATE if late else Standing.MET
        return Standing.WAITING_LATE if late else Standing.WAITING
    if due is None:
        return Standing.NO_DATE
    if today > due:
        return Standing.EXCUSED if excused else Standing.OVERDUE
    return Standing.DUE_SOON if (due - today).days <= warn_days else Standing.NOT_DUE

"""Telling the officers of a party: what is due, and that the other party waits for them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from django.db import transaction

from absah.agreements.calendar import WorkCalendar
from absah.agreements.fulfilment import Fulfilment, Move
from absah.agreements.parties import Role as Side
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import Parameter
from absah.kernel.messages import Language, Phrase, render
from absah_site import composition
from absah_site.accounts.access import holders
from absah_site.agreements import access
from absah_site.agreements.access import ListedAgreement, OpenedAgreement
from absah_site.jobs.actions import Work
from absah_site.notices.actions import notify
from absah_site.roles import Permission

#: So many agreements are read at once: what they hold stays in memory together.
_AT_ONCE: Final = 50


def tell(  # noqa: PLR0913  (every one is named)
    listed: ListedAgreement,
    sides: frozenset[Side],
    kind: str,
    parameters: Mapping[str, Parameter],
    /,
    *,
    page: str,
    now: Instant,
    occasion: str = "",
) -> int:
    """Tell every officer of some sides one thing. How many were told; those who were told before are not again."""
    officers = holders(Permission.AGREEMENT_ACT, listed.agency, now=now)
    addressed = [one for one in officers if access.side_of(one, listed) in sides]
    link = f"/perjanjian/{listed.id}/{page}"
    return sum(
        notify(kind, to=one.reference, at=now, parameters=parameters, link=link, occasion=occasion) for one in addressed
    )


def tell_turn(found: OpenedAgreement, after: Fulfilment, step: Move, /) -> None:
    """Tell the other party that a step was taken on a duty. In the transaction of the step."""
    what = f"agreements.fact.{type(step).__name__}"
    said = {one: render(what, one, who=render(f"agreements.party.{step.by}", one)) for one in Language}
    parameters = {
        "number": found.listed.first_number,
        "duty": after.duty,
        "occasion": after.occasion.key,
        "step": Phrase(what, text=said[Language.INDONESIAN], gloss=said[Language.ENGLISH]),
    }
    page = f"kewajiban/{after.duty}/{after.occasion.key}/"
    other = frozenset({step.by.other})
    tell(found.listed, other, "agreements.your-turn", parameters, page=page, now=step.recorded_at)


def remind(work: Work, /) -> str:
    """Tell everybody what is due; the worker asks every hour. Told once each, however often this runs."""
    now = composition.clock().now()
    calendar = access.work_calendar(legal_date(now))
    listed = access.every_agreement()
    told = 0
    for number, batch in enumerate(_batches(listed), start=1):
        access.tally_all(batch, legal_date(now))  # so that no visitor waits for the first count of a day
        for found in access.opened_many(batch, today=legal_date(now)):
            told += _remind_of(found, calendar, now=now)
        work.progress(min(number * _AT_ONCE, len(listed)), len(listed))
    return str(told)


def _remind_of(found: OpenedAgreement, calendar: WorkCalendar, /, *, now: Instant) -> int:
    with transaction.atomic():
        return sum(
            tell(
                found.listed,
                each.sides,
                each.kind,
                each.parameters,
                page=each.page,
                now=now,
                occasion=each.occasion,
            )
            for each in access.remindings_of(found, calendar, now=now)
        )


def _batches(listed: Sequence[ListedAgreement], /) -> Iterator[tuple[ListedAgreement, ...]]:
    rest = iter(listed)
    while batch := tuple(islice(rest, _AT_ONCE)):
        yield batch

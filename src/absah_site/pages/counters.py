"""What waits for a person on the desk: a number, since when the oldest waits, and where to go."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.enrolment.states import Stage
from absah.kernel.clock import Instant
from absah_site.actors import Account
from absah_site.dossiers.access import lists as dossiers
from absah_site.enrolment.access import persons, queues
from absah_site.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A tile of the desk. `days` is the age of the oldest in whole days; None: nothing waits."""

    label: Promise | str
    icon: str
    number: int
    url: str
    days: int | None = None


_WORDS = {Stage.COMPLETED: (_("To verify"), "periksa", "eye"), Stage.VERIFIED: (_("To approve"), "putuskan", "shield")}
_STAFF = frozenset({Role.VERIFIKATOR, Role.RA, Role.AGENCY_ADMIN})
_SOON = 100


def counters_for(actor: Account, /, *, now: Instant) -> tuple[Counter, ...]:
    """The tiles of this person: nothing is asked for roles that the person has not."""
    own = (_to_sign(actor, now),) if Role.SIGNER in actor.roles else _to_seal(actor, now)
    if Role.RA_COORDINATOR in actor.roles:
        return (*own, *_of_oversight(actor, now))
    return own if actor.roles.isdisjoint(_STAFF) else (*own, *_of_registration(actor, now))


def _of_oversight(actor: Account, now: Instant) -> tuple[Counter, ...]:
    """Whoever oversees the queue decides nothing: what others let wait, and what was escalated."""
    waiting, queue = queues.counters_for(actor), reverse("registration:queue")
    stages = [
        Counter(
            label=words,
            icon=icon,
            number=waiting[stage].number,
            url=f"{queue}?tab={tab}",
            days=_age(waiting[stage].oldest, now),
        )
        for stage, (words, tab, icon) in _WORDS.items()
    ]
    escalated = queues.count_escalated(actor)
    return (Counter(label=_("Escalated"), icon="alert", number=escalated, url=f"{queue}?tab=eskalasi"), *stages)


def _to_seal(actor: Account, now: Instant) -> tuple[Counter, ...]:
    """Whoever only confirms seals sees the tile when there is one to confirm."""
    if Role.AGENCY_ADMIN not in actor.roles:
        return ()
    counter = _to_sign(actor, now)
    return (counter,) if counter.number else ()


def _to_sign(actor: Account, now: Instant) -> Counter:
    waiting = dossiers.waiting_for(actor.public_id)
    return Counter(
        label=_("To sign"),
        icon="pen",
        number=waiting.number,
        url=reverse("dossiers:inbox"),
        days=_age(waiting.oldest, now),
    )


def _of_registration(actor: Account, now: Instant) -> tuple[Counter, ...]:
    waiting = queues.counters_for(actor)
    queue = reverse("registration:queue")
    decided = [
        Counter(
            label=_WORDS[stage][0],
            icon=_WORDS[stage][2],
            number=waiting[stage].number,
            url=f"{queue}?tab={_WORDS[stage][1]}",
            days=_age(waiting[stage].oldest, now),
        )
        for stage in queues.decides_at(actor)
    ]
    with_person = [waiting[stage] for stage in (Stage.ENTERED, Stage.APPROVED)]
    oldest = min((one.oldest for one in with_person if one.oldest), default=None)
    return (
        *decided,
        Counter(
            label=_("With the applicant"),
            icon="user",
            number=sum(one.number for one in with_person),
            url=f"{queue}?tab=pemohon",
            days=_age(oldest, now),
        ),
        Counter(
            label=_("Ending soon"),
            icon="clock",
            number=len(persons.ending_people(actor, offset=0, limit=_SOON)),
            url=reverse("registration:ending"),
        ),
    )


def _age(oldest: Instant | None, now: Instant) -> int | None:
    return None if oldest is None else (now - oldest) // timedelta(days=1)

"""Counts over the requests and people of an agency that should be nought."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from absah.kernel.clock import Instant
from absah_site.enrolment.models import EnrolmentRequest, Escalation, Subscriber

_OVERDUE, _REGISTERED = "overdue", "registered"


def requests_entered(agency: UUID, since: Instant, until: Instant, /) -> int:
    """How many requests were entered in an interval."""
    return _entered(agency, since, until).count()


def decided_by_applicant(agency: UUID, since: Instant, until: Instant, /) -> int:
    """How many of them the applicant verified or approved."""
    own = Q(verified_by=F("subscriber__user")) | Q(approved_by=F("subscriber__user"))
    return _entered(agency, since, until).filter(own).count()


def decided_by_one(agency: UUID, since: Instant, until: Instant, /) -> int:
    """How many of them one person verified and approved."""
    return _entered(agency, since, until).filter(verified_by=F("approved_by")).count()


def overdue(agency: UUID, since: Instant, until: Instant, /) -> int:
    """How many of them waited longer than promised."""
    late = Escalation.objects.filter(cause=_OVERDUE).values("request")
    return _entered(agency, since, until).filter(pk__in=late).count()


def _entered(agency: UUID, since: Instant, until: Instant) -> QuerySet[EnrolmentRequest]:
    return EnrolmentRequest.objects.filter(agency_id=agency, entered_at__gte=since, entered_at__lt=until)


def numbers_of_those_who_moved(agency: UUID, /) -> tuple[str, ...]:
    """The numbers of people who left or are suspended."""
    rows = Subscriber.objects.filter(agency_id=agency).exclude(state=_REGISTERED)
    return tuple(rows.order_by("number").values_list("number", flat=True))


def people(agency: UUID, /) -> tuple[int, int]:
    """How many people an agency has, and how many hold a certificate that says something else than the register."""
    rows = Subscriber.objects.filter(agency_id=agency)
    return rows.count(), rows.filter(differs_since__isnull=False).count()

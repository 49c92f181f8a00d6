"""Figures for Prometheus, on an internal address: for this machine itself, or for whoever knows the token.

Counting the register takes a moment, so that an answer is given again for a minute. No figure names a person.
"""

import hmac
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.audit.access import latest_entries
from absah_site.jobs import access as jobs
from absah_site.ledger.access import log_standing
from absah_site.oversight import access
from absah_site.oversight.access import Condition, Service
from absah_site.pki import access as register
from absah_site.problems import PageUnknown
from absah_site.responders.meters import counted

#: In `DIR/secrets/`: whoever sends it as a bearer token (RFC 6750) may read from another machine.
TOKEN_FILE: Final = "metrics.token"  # noqa: S105  (the name of a file)
_KEPT: Final = 60.0
_MONTHS: Final = 25
_CONDITIONS: Final = {Condition.WELL: 0, Condition.SOON: 1, Condition.ILL: 2}


@final
@dataclass(frozen=True, slots=True)
class Figures(Collector):
    """The register and the services at one moment."""

    now: Instant

    def collect(self) -> Iterator[Metric]:
        yield from self._services()
        yield from self._register()
        yield GaugeMetricFamily(
            "absah_proposals_open", "Proposals that wait or are being carried out", value=len(access.open_proposals())
        )
        yield from self._jobs()
        yield from self._responders()
        newest = latest_entries(limit=1)
        yield GaugeMetricFamily("absah_ledger_rows", "Number of the newest row", value=newest[0][0] if newest else 0)
        log = log_standing()
        yield GaugeMetricFamily("absah_log_entries", "Rows that are in the log", value=log.size)
        yield GaugeMetricFamily("absah_log_waiting", "Rows that wait for their place in the log", value=log.waiting)
        yield GaugeMetricFamily(
            "absah_log_setbacks", "How often the time of an entry of the log ran backwards", value=log.setbacks
        )
        late = log.late(now=self.now)
        yield GaugeMetricFamily("absah_log_late_seconds", "How long the oldest row waits for its place", value=late)

    def _jobs(self) -> Iterator[GaugeMetricFamily]:
        counts = GaugeMetricFamily("absah_jobs", "Jobs; done ones of the last 30 days", labels=["kind", "state"])
        for (kind, state), number in jobs.counts().items():
            counts.add_metric([kind, state.value], number)
        yield counts
        late = jobs.standing(now=self.now).late
        yield GaugeMetricFamily("absah_jobs_late_seconds", "How long the oldest waiting job has been due", value=late)

    def _responders(self) -> Iterator[CounterMetricFamily]:
        answers = CounterMetricFamily(
            "absah_responder_answers", "Answers of the OCSP and time-stamping processes", labels=["service", "outcome"]
        )
        for (desk, outcome), number in sorted(counted(composition.config().data).items()):
            answers.add_metric([desk, outcome], number)
        yield answers

    def _services(self) -> Iterator[GaugeMetricFamily]:
        conditions = GaugeMetricFamily(
            "absah_service_condition", "0 well, 1 to be looked at soon, 2 ill", labels=["service", "name"]
        )
        until = GaugeMetricFamily(
            "absah_service_until_seconds",
            "nextUpdate of a list, or end of a service's certificate (Unix time)",
            labels=["service", "name"],
        )
        numbers = GaugeMetricFamily("absah_crl_number", "Number of the newest published list", labels=["name"])
        for found in access.services(now=self.now):
            conditions.add_metric([found.service.value, found.name], _CONDITIONS[found.condition])
            if found.until is not None:
                until.add_metric([found.service.value, found.name], found.until.timestamp())
            if found.service is Service.CRL and found.number is not None:
                numbers.add_metric([found.name], found.number)
        yield from (conditions, until, numbers)

    def _register(self) -> Iterator[GaugeMetricFamily]:
        tallies = register.tallies(now=self.now)
        states = GaugeMetricFamily("absah_certificates", "Certificates that have not expired", labels=["state"])
        states.add_metric(["good"], tallies.active)
        states.add_metric(["suspended"], tallies.suspended)
        yield states
        yield GaugeMetricFamily("absah_certificates_ending_30_days", "Valid ones that end soon", value=tallies.ending)
        yield GaugeMetricFamily("absah_certificates_revoked_today", "Since midnight WIB", value=tallies.revoked_today)
        ending = GaugeMetricFamily("absah_certificates_ending", "Certificates that end in a month", labels=["month"])
        for month, count in register.ending_by_month(now=self.now, months=_MONTHS).items():
            ending.add_metric([f"{month:%Y-%m}"], count)
        yield ending
        yield GaugeMetricFamily(
            "absah_issuance_open", "Issuances that are under way or were cut off", value=register.open_intentions()
        )


@final
@dataclass(slots=True)
class _Kept:
    """The newest answer of this process."""

    made: float = float("-inf")
    answer: bytes = b""
    turn: Lock = field(default_factory=Lock)

    def fresh(self) -> bytes:
        clock = composition.clock()
        with self.turn:
            if clock.monotonic() - self.made > _KEPT:
                collected = CollectorRegistry(auto_describe=False)
                collected.register(Figures(clock.now()))
                self.answer, self.made = generate_latest(collected), clock.monotonic()
            return self.answer


_kept = _Kept()


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures; for everybody else there is no such page."""
    if not (_from_this_machine(request) or _knows_token(request)):
        raise PageUnknown
    response = HttpResponse(_kept.fresh(), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def _from_this_machine(request: HttpRequest) -> bool:
    """Asked directly, not through a proxy on this machine: it would have passed the public name on, or said so."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")):
        return False
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return _is_loopback(str(request.META.get("REMOTE_ADDR", ""))) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _knows_token(request: HttpRequest) -> bool:
    file = composition.config().secrets / TOKEN_FILE
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not file.is_file():
        return False
    wanted = file.read_bytes().strip()
    return bool(wanted) and hmac.compare_digest(shown.strip().encode(), wanted)

"""A second look at what was issued: every day a sample is linted once more, by pkilint too where it is installed.

Every certificate was linted before it was signed, by our own checks. Here others judge, and nobody waits for them. What
they find is in the ledger and on the operators' page; it stops nothing by itself.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from absah.audit.tags import PkiTag
from absah.cli.offline import Document, Kind
from absah.cli.second_opinion import is_installed, second_opinion
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.pki.lint import Finding, blocking, lint_certificate
from absah.pki.profiles import load_profile
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.audit.actions import record
from absah_site.pki import store
from absah_site.pki.access import SAMPLE, Sample
from absah_site.pki.store import RegisteredCertificate

_WORKER: Final = Operator(name="worker")
_PERIOD: Final = timedelta(days=1)
_MOST: Final = 50
_MOST_TOLD: Final = 20


def lint_sample(*, by: Actor = _WORKER) -> Sample:
    """Look again at up to fifty certificates of the last day, spread evenly over it. What was found is recorded."""
    now = composition.clock().now()
    looked = findings = 0
    told: list[str] = []
    for found in store.sample_issued_since(instant(now - _PERIOD), most=_MOST):
        looked += 1
        for finding in _findings(found):
            findings += 1
            told.append(f"{found.serial}/{finding}")
    sample = Sample(
        at=now, looked=looked, findings=findings, told=tuple(told[:_MOST_TOLD]), second_opinion=is_installed()
    )
    with transaction.atomic():
        record(at=now, tag=PkiTag.SAMPLE_LINTED, actor=by.reference, subject=SAMPLE, facts=sample.facts)
    return sample


def _findings(found: RegisteredCertificate) -> Iterator[str]:
    """The codes of what a certificate should not have."""
    try:
        profile = load_profile(found.profile)
        judged: list[Finding] = list(lint_certificate(found.certificate, profile))
        if is_installed():
            document = Document(path=Path(found.serial), kind=Kind.CERTIFICATE, der=found.certificate)
            judged += second_opinion(document, profile)
    except AbsahError as error:
        yield error.code
        return
    yield from dict.fromkeys(finding.code for finding in blocking(judged))

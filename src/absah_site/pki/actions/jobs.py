"""What the worker does for the register by itself."""

from datetime import timedelta
from typing import Final

from absah_site.jobs.actions import Work, register_periodic
from absah_site.pki.actions.sampling import lint_sample
from absah_site.pki.actions.stamps import seal_stamps

SEAL_STAMPS: Final = "pki:seal-stamps"
LINT_SAMPLE: Final = "pki:lint-sample"


def register_jobs() -> None:
    """Make them known. The stamps of a day are entered within the hour after it; a sample is looked at once a day."""
    register_periodic(SEAL_STAMPS, _seal, every=timedelta(hours=1))
    register_periodic(LINT_SAMPLE, _lint, every=timedelta(days=1))


def _seal(_work: Work) -> str:
    return f"{seal_stamps()} days"


def _lint(_work: Work) -> str:
    sample = lint_sample()
    return f"{sample.looked} looked at, {sample.findings} findings"

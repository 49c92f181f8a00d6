"""The one place that chooses the real clock, chance, signer and PDF engine. It imports no app.

Apps that need more (revocation data, trust anchors) bring them themselves, from their own register.
"""

import atexit
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from absah.adapters.engines import ChosenEngine
from absah.adapters.files import DocumentStore
from absah.adapters.isolated_survey import IsolatedSurveyor
from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.known_views import KnownViews
from absah.adapters.log_key import log_names as known_log_names
from absah.adapters.personal_data import PersonalDataVault, load_personal_data_vault
from absah.adapters.sealed_shelf import SealedShelf, ShelfLimits
from absah.adapters.sealed_store import SealedStore, load_archive_keys
from absah.adapters.signer_client import SignerClient
from absah.adapters.trusted_time.guard import TimeGuard
from absah.adapters.verification import WARM
from absah.audit.log_keys import LogId
from absah.enrolment.population import FictionalPopulation, NobodyAsked, PopulationRegister
from absah.kernel.clock import Clock, SystemClock
from absah.kernel.rng import Rng, SystemRng
from absah.pdf.appearance_template import Template
from absah.pdf.template_files import DEFAULT_NAME, agency_template
from absah.signing.ports import DocumentEngine
from absah.signing.stamp_room import StampRoom
from absah_site.config import Config
from absah_site.trusted_clock import guard_for

_ISOLATED_JOBS = 2


def config() -> Config:
    """The settings of this instance."""
    found = settings.CONFIG
    if not isinstance(found, Config):
        raise TypeError("settings.CONFIG is not a Config")
    return found


@cache
def clock() -> Clock:
    """The machine's clock."""
    return SystemClock()


@cache
def rng() -> Rng:
    """The machine's chance."""
    return SystemRng()


@cache
def _time_guard() -> TimeGuard:
    return guard_for(config(), SystemClock(), rng())


def check_clock() -> None:
    """Whether this machine may stamp at this moment, by the same other clocks as the TSA. Raises ClockNotTrusted.

    A trial that names no other clock stamps with its own. The clocks are asked at most as often as the settings say.
    """
    if config().trial and not config().time.servers:
        return
    guard = _time_guard()
    guard.look(aside=False)
    guard.check()


@cache
def signer() -> SignerClient:
    """The door to the signer process of this instance."""
    return SignerClient(config().socket)


@cache
def known_views() -> KnownViews:
    """What the signer has told this process of credentials."""
    return KnownViews()


@cache
def document_engine() -> DocumentEngine:
    """What writes PDF."""
    return ChosenEngine()


def appearance(name: str = DEFAULT_NAME, /) -> Template:
    """How a signature looks: as the agency's own folder says, or else as usual. Raises TemplateUnknown and kin."""
    return agency_template(name, config().appearances)


@cache
def stamp_room() -> StampRoom:
    """What this process knows of the size of time-stamp tokens."""
    return StampRoom()


@cache
def personal_data() -> PersonalDataVault:
    """What seals NIK, telephone numbers and addresses in the database."""
    return load_personal_data_vault(config().secrets, rng())


def population() -> PopulationRegister:
    """The way to the population register; the fictional one where everybody is fictional."""
    return FictionalPopulation() if config().population == "fictional" else NobodyAsked()


@cache
def documents() -> DocumentStore:
    """Where signed documents are kept."""
    return DocumentStore(config().documents)


def log_names() -> frozenset[LogId]:
    """The keys that the log of this instance has or had."""
    return known_log_names(config().data)


def shelf() -> SealedShelf:
    """Where pictures and reports of a verification lie for some minutes."""
    return _shelf_in(config().shelf)


@cache
def sealed_documents() -> SealedStore:
    """Where documents rest that not everybody may have."""
    return SealedStore(config().archive, load_archive_keys(config().secrets, rng()), rng())


def page_shelf() -> SealedShelf:
    """Where pictures of pages lie for a day, under tickets that only this instance can make."""
    return _page_shelf_in(config().pictures)


@cache
def _page_shelf_in(folder: Path) -> SealedShelf:
    return SealedShelf(folder, clock(), rng(), ShelfLimits(lifetime=timedelta(days=1), capacity=512 * 1024 * 1024))


@cache
def _shelf_in(folder: Path) -> SealedShelf:
    return SealedShelf(folder, clock(), rng())


@cache
def isolated() -> IsolatedPool:
    """The processes in which files of strangers are opened."""
    pool = IsolatedPool(_ISOLATED_JOBS, clock(), warm=WARM)
    atexit.register(pool.close)
    return pool


@cache
def surveyor() -> IsolatedSurveyor:
    """Who looks at documents that are to be signed."""
    return IsolatedSurveyor(isolated())

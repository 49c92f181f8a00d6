"""An agency in this process, and in another one the national instance that holds the keys of its people.

Between them lies a way that breaks where a test wants it to. Time is real: both have to agree on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from tests.browser.instance import LiveInstance, serving
from tests.fakes.faulty_way import Way, way_to
from tests.fixtures_instance import PASSWORD, agency_value, applicant_value
from tests.site.registration.conftest import pool

from absah.adapters.isolated_survey import IsolatedSurveyor
from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.sealed_store import SealedStore, load_archive_keys
from absah.enrolment.applicant import EmailAddress
from absah.enrolment.naming import PersonName
from absah.kernel.people import Nik
from absah.kernel.rng import SystemRng
from absah.signing.factors import Factors, Secret
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Account, Operator
from absah_site.config import Config
from absah_site.config import Role as InstanceRole
from absah_site.enrolment import access as enrolment
from absah_site.enrolment import actions as people
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.national.access import national_service
from absah_site.national.actions import enter_credential
from absah_site.outside.actions import look_up
from absah_site.outside.actions.keeping import keep_holder
from absah_site.roles import Role
from absah_site.upstream_settings import UpstreamTable

__all__ = ["pool"]

BY = Operator(name="test")

#: The people of the demo, without its documents.
PEOPLE = """
import json
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import legal_date
from absah_site import composition
from absah_site.cli import demo_story as story
from absah_site.cli.demo_people import FIRST, SECOND
folder, rng = composition.config().data, composition.rng()
ensure_signer(folder)
agencies = story.join(legal_date(composition.clock().now()))
_, officers = story.hire(agencies, rng)
signers = [story.enrol(*one, officers, rng) for one in zip((FIRST, SECOND), agencies)]
said = {"esign": story.connect(agencies[0]), "signers": signers}
(folder / "credentials.json").write_text(json.dumps(said))
stop_signer(folder)
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here speaks with a server on the loopback."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.loopback)


@dataclass
class Agency:
    """The agency's instance, its people, and the way to the service."""

    config: Config
    way: Way
    there: LiveInstance
    id: UUID
    admin: Account
    signer: Account
    person: RegisteredSubscriber
    passphrase: str

    @property
    def factors(self) -> Factors:
        return Factors(passphrase=Secret(self.passphrase))

    @property
    def nik(self) -> Nik:
        return enrolment.own_nik(self.signer.public_id)


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveInstance]:
    """The national instance: an authority with two signers and an application, served by processes of its own."""
    folder = tmp_path_factory.mktemp("national") / "data"
    made = LiveInstance(data=folder)
    made.absah("init", "--role", "demo")
    made.prepare(PEOPLE)
    with serving(folder) as instance:
        yield instance


@pytest.fixture
def way(there: LiveInstance) -> Iterator[Way]:
    with way_to(there.url) as made:
        yield made


def named(username: str, role: Role, agency: UUID) -> Account:
    clock, rng = composition.clock(), composition.rng()
    new = NewAccount(username=username, password=PASSWORD, display_name=username.title())
    made = create_user(new, by=BY, clock=clock, rng=rng)
    grant_role(made.public_id, role, by=BY, clock=clock, agency=str(agency))
    return account(made.public_id, now=clock.now())


@pytest.fixture
def impatient(agency: "Agency", settings) -> None:
    """Nobody waits long: for tests in which no answer comes."""
    table = agency.config.upstream.model_copy(update={"answer_seconds": 1})
    settings.CONFIG = replace(agency.config, upstream=table)


@pytest.fixture
def agency(  # noqa: PLR0917  (what an instance is made of)
    there: LiveInstance, way: Way, db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: IsolatedPool
) -> Agency:
    table = UpstreamTable(base_url=way.url, plain_http=True, connect_seconds=2, answer_seconds=40)
    config = replace(django_settings.CONFIG, data=tmp_path, role=InstanceRole.AGENCY, upstream=table, issuer_name="")
    settings.CONFIG = config
    config.secrets.mkdir(mode=0o700)
    config.trust.mkdir()
    for root in (there.data / "trust").glob("*.cer"):
        (config.trust / root.name).write_bytes(root.read_bytes())
    rng = SystemRng()
    store = SealedStore(config.archive, load_archive_keys(config.secrets, rng), rng)
    for name, value in {
        "sealed_documents": store,
        "isolated": pool,
        "surveyor": IsolatedSurveyor(pool),
        "rng": rng,
    }.items():
        monkeypatch.setattr(composition, name, lambda value=value: value)
    esign = there.credentials["esign"]
    enter_credential(esign["username"], Secret(esign["password"]), by=BY)
    identifier = people.register_agency(agency_value(), by=BY).id
    signer = named("ratna", Role.SIGNER, identifier)
    first = there.credentials["signers"][0]
    applicant = applicant_value(
        nik=Nik(first["nik"]),
        nip=None,
        name=PersonName(full="Ratna Widyaningsih"),
        email=EmailAddress("ratna@sagarabiru.example"),
    )
    person = people.register_person(applicant, agency=identifier, by=BY)
    people.adopt_account(person.number.text, signer.public_id, by=BY)
    with transaction.atomic():
        keep_holder(person)
    look_up(person.number.text, national_service())
    return Agency(
        config=config,
        way=way,
        there=there,
        id=identifier,
        admin=named("admin", Role.AGENCY_ADMIN, identifier),
        signer=signer,
        person=enrolment.subscriber_of(signer.public_id),
        passphrase=first["passphrase"],
    )

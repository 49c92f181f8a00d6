"""An application of the demo agency, and a client that speaks to the door as programs do: over WSGI."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.test import RequestFactory
from tests.fixtures_instance import Office, Walk, bare_instance, instance, office, walk

from absah_site.actors import Operator
from absah_site.applications import access, actions
from absah_site.applications.access import RegisteredApplication, Scope
from absah_site.applications.access.uses import forget_counts
from absah_site.esign.door import esign_door
from absah_site.esign.people import forget_words

__all__ = ["bare_instance", "instance", "office", "walk"]

OPERATOR = Operator(name="test")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class WireClient:
    """A program with a name and a password."""

    application: RegisteredApplication
    password: str
    address: str = "10.1.2.3"
    requests: RequestFactory = field(default_factory=RequestFactory)

    @property
    def authorization(self) -> str:
        pair = f"{self.application.username}:{self.password}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def get(self, path: str) -> Answer:
        return self._ask(self.requests.get(path))

    def form(self, path: str, **fields: Any) -> Answer:
        return self._ask(self.requests.post(path, fields))

    def json(self, path: str, content: Any) -> Answer:
        return self._ask(self.requests.post(path, json.dumps(content), content_type="application/json"))

    def raw(self, path: str, body: bytes, content_type: str = "application/json") -> Answer:
        return self._ask(self.requests.post(path, body, content_type=content_type))

    def _ask(self, request: Any) -> Answer:
        return self.replay(request.environ)

    def replay(self, environ: dict[str, Any], authorization: str = "") -> Answer:
        """Send what was recorded, with this run's password."""
        environ = environ | {"HTTP_AUTHORIZATION": authorization or self.authorization, "REMOTE_ADDR": self.address}
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            told.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

        body = b"".join(esign_door(_no_pages)(environ, start))
        return Answer(told["status"], told["headers"], body)

    def change(self, **changes: Any) -> None:
        """Change the application, as the people who look after it do."""
        self.application = replace(self.application, **changes)
        actions.change_application(self.application, by=OPERATOR)


def _no_pages(_environ: Any, _start: Any) -> Any:
    raise AssertionError("the door did not answer")


@pytest.fixture(autouse=True)
def _nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # A test lies in a transaction of its own, which looking at old connections would take for a broken one.
    monkeypatch.setattr("absah_site.esign.door.close_old_connections", lambda: None)
    for forget in (access.forget_applications, forget_counts, forget_words):
        forget()
    yield
    for forget in (access.forget_applications, forget_counts, forget_words):
        forget()


@pytest.fixture
def client(office: Office) -> WireClient:
    drawn = actions.register_application(
        actions.NewApplication(
            agency=office.agency,
            unit="Dinas Komunikasi dan Informatika",
            owner="",
            name="Surat Dinas",
            purpose="surat keluar",
            username="surat-dinas",
            scopes=frozenset(Scope),
        ),
        by=OPERATOR,
    )
    return WireClient(drawn.application, drawn.password)


@pytest.fixture
def holder(walk: Walk):
    """A person with a key and an authenticator."""
    return walk.activated(with_totp=True)

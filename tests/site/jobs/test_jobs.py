"""Jobs: asked for with the fact, done once, tried again with pauses, taken over from the dead, seen by operators."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from tests.fixtures_instance import PASSWORD, Instance, bare_instance, instance

from absah.audit.entry import FactNotOpaque
from absah.audit.tags import JobTag
from absah.kernel.clock import FixedClock
from absah.kernel.errors import NotFound, Unavailable
from absah_site import composition
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.audit.access import entries_about
from absah_site.jobs import access, actions, adapter, store
from absah_site.jobs.access import State
from absah_site.jobs.actions import Work, kinds
from absah_site.roles import Role

__all__ = ["bare_instance", "instance"]

pytestmark = pytest.mark.django_db


class Silent(Unavailable):
    """Somebody does not answer."""

    code = "signer.unreachable"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> Iterator[list[int]]:
    """The numbers given to the queue; only our own kind is known, and what a test registers is forgotten."""
    numbers: list[int] = []
    monkeypatch.setattr(adapter, "send", numbers.append)
    monkeypatch.setattr(composition, "clock", lambda: clock)
    own = {name: kind for name, kind in kinds._kinds.items() if name.startswith("jobs:")}
    monkeypatch.setattr(kinds, "_kinds", own)
    return numbers


def ask(handler: Callable[[Work], str | None], reference: str = "thing:1", **settings) -> UUID:
    actions.register("test:do", handler, **settings)
    with transaction.atomic():
        return actions.enqueue("test:do", reference)


@pytest.mark.django_db(transaction=True)
def test_a_job_is_asked_for_with_the_fact_and_sent_when_that_is_committed(sent: list[int]) -> None:
    actions.register("test:do", lambda _: None)
    with pytest.raises(TransactionManagementError):
        actions.enqueue("test:do", "thing:1")
    with transaction.atomic():
        actions.enqueue("test:do", "thing:1")
        transaction.set_rollback(True)
    assert (access.unfinished(), sent) == ((), [])
    with transaction.atomic():
        made = actions.enqueue("test:do", "thing:1")
        assert sent == []
    assert sent == [access.job(made).number]


def test_a_row_names_no_person_and_no_unknown_kind(sent: list[int]) -> None:
    actions.register("test:do", lambda _: "9999010101900001")
    for reference in ("9999010101900001", "a@b.example"):
        with pytest.raises(FactNotOpaque):
            actions.enqueue("test:do", reference)
    with pytest.raises(ValueError, match="nobody registered"):
        actions.enqueue("test:other", "thing:1")
    made = actions.enqueue("test:do", "thing:1")
    actions.run_due()
    assert (access.job(made).state, access.job(made).error) == (State.FAILED, "audit.fact-not-opaque")


def test_work_is_done_once_and_tells_how_far_it_is(sent: list[int]) -> None:
    seen = []

    def handler(work: Work) -> str:
        work.progress(3, 7)
        seen.append((work.reference, work.attempt, access.job(work.id).done, access.job(work.id).total))
        return "thing:2"

    made = ask(handler)
    number = access.job(made).number
    assert actions.run(number)
    assert not actions.run(number)
    found = access.newest_about("test:do", "thing:1")
    assert found is not None
    assert (found.state, found.result, found.attempts, found.ended) == (State.DONE, "thing:2", 1, True)
    assert seen == [("thing:1", 1, 3, 7)]


def test_what_does_not_answer_is_tried_again_with_growing_pauses_and_then_fails(
    sent: list[int], clock: FixedClock
) -> None:
    moments = []

    def handler(_: Work) -> None:
        moments.append(clock.now())
        raise Silent

    made = ask(handler, retries=3)
    for _ in range(400):
        actions.run_due()
        clock.advance(timedelta(seconds=5))
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert pauses == [10, 40, 160]
    assert (access.job(made).state, access.job(made).error) == (State.FAILED, "signer.unreachable")


def test_a_refusal_is_not_repeated_and_a_fault_of_ours_is(sent: list[int]) -> None:
    class Absent(NotFound):
        code = "pki.certificate-unknown"

    def refuse(_: Work) -> None:
        raise Absent

    def break_down(_: Work) -> None:
        raise ZeroDivisionError

    refused = ask(refuse)
    actions.run_due()
    assert (access.job(refused).state, access.job(refused).attempts) == (State.FAILED, 1)
    broken = ask(break_down)
    actions.run_due()
    assert (access.job(broken).state, access.job(broken).error) == (State.WAITING, "web.internal")


def test_whoever_lost_the_lease_writes_nothing_and_another_does_the_work(sent: list[int], clock: FixedClock) -> None:
    done = []

    def slow(work: Work) -> None:
        done.append(work.attempt)
        if work.attempt == 1:
            clock.advance(timedelta(minutes=2))
            actions.sweep()
            actions.run_due()
            with pytest.raises(actions.LeaseLost):
                work.progress(1, 1)
            work.progress(1, 1)

    made = ask(slow)
    actions.run_due()
    assert done == [1, 2]
    assert (access.job(made).state, access.job(made).attempts) == (State.DONE, 2)


def test_a_lease_is_kept_while_its_process_lives_but_not_beyond_the_time_of_its_kind(
    sent: list[int], clock: FixedClock
) -> None:
    states = []

    def slow(work: Work) -> None:
        for _ in range(3):
            clock.advance(timedelta(seconds=25))
            actions.keep_leases()
            actions.sweep()
            states.append(access.job(work.id).state)

    ask(slow, at_most=timedelta(minutes=1))
    actions.run_due()
    assert states == [State.RUNNING, State.RUNNING, State.RUNNING]  # the last turn is kept to its end of 30 s
    clock.advance(timedelta(seconds=31))
    actions.sweep()
    assert access.ended(State.DONE)


def test_work_that_kills_its_worker_every_time_is_given_up(sent: list[int], clock: FixedClock) -> None:
    made = ask(lambda _: None, retries=1)
    number = access.job(made).number
    for _ in range(2):
        lease = UUID(bytes=composition.rng().token(16))
        until = clock.now() + timedelta(seconds=30)
        assert store.claim(number, lease, now=clock.now(), until=until)
        clock.advance(timedelta(minutes=1))
        actions.sweep()
    assert (access.job(made).state, access.job(made).error) == (State.FAILED, "jobs.worker-died")


def test_what_the_queue_lost_is_sent_again_and_a_kind_of_a_newer_release_fails(
    sent: list[int], clock: FixedClock
) -> None:
    made = ask(lambda _: None)
    number = access.job(made).number
    actions.sweep()
    assert number not in sent  # on its way
    clock.advance(timedelta(seconds=31))
    actions.sweep()
    actions.sweep()
    assert sent.count(number) == 1
    del kinds._kinds["test:do"]
    actions.run_due()
    assert (access.job(made).state, access.job(made).error) == (State.FAILED, "jobs.kind-unknown")


def test_a_periodic_job_comes_once_a_turn_and_not_while_one_is_open(sent: list[int], clock: FixedClock) -> None:
    runs = []
    actions.register_periodic("test:often", lambda _: runs.append(clock.now()), every=timedelta(minutes=10))
    actions.sweep()
    actions.sweep()
    actions.run_due()
    assert len(runs) == 1
    clock.advance(timedelta(minutes=10))
    actions.sweep()
    clock.advance(timedelta(minutes=10))
    actions.sweep()  # the one before still waits: this turn goes by
    actions.run_due()
    assert len(runs) == 2
    clock.advance(timedelta(minutes=9))
    actions.sweep()
    actions.run_due()
    assert len(runs) == 2


def test_done_jobs_are_forgotten_after_a_month_and_failed_ones_stay(sent: list[int], clock: FixedClock) -> None:
    ask(lambda _: None)
    failed = ask(lambda _: None, "thing:2")
    del kinds._kinds["test:do"]
    actions.run(access.job(failed).number)
    actions.register("test:do", lambda _: None)
    actions.run_due()
    clock.advance(timedelta(days=31))
    actions.sweep()
    actions.run_due()
    assert [job.kind for job in access.ended(State.DONE)] == ["jobs:forget-done"]
    assert [job.id for job in access.ended(State.FAILED)] == [failed]


def test_the_database_refuses_states_that_make_no_sense(sent: list[int]) -> None:
    ask(lambda _: None)
    for change in ("state = 'running'", "state = 'done'", "state = 'lost'", "lease = public_id"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE jobs_job SET {change}")


def test_an_operator_sees_a_failed_job_and_lets_it_be_tried_again(
    instance: Instance, sent: list[int], client: Client
) -> None:
    answers = [False, True]

    def sometimes(_: Work) -> None:
        if not answers.pop(0):
            raise Silent

    made = ask(sometimes, retries=0)
    operator, auditor = instance.officer("opa", Role.OPERATOR), instance.officer("audi", Role.AUDITOR)
    with pytest.raises(actions.asking.NotFailed):
        actions.retry(made, by=operator)
    actions.run_due()
    with pytest.raises(NotPermitted):
        actions.retry(made, by=auditor)
    client.login(username="audi", password=PASSWORD)
    page = client.get("/pekerjaan/").content.decode()
    assert "signer.unreachable" in page
    assert "ulangi" not in page
    client.logout()
    client.login(username="opa", password=PASSWORD)
    assert "ulangi" in client.get("/pekerjaan/").content.decode()
    assert client.post(f"/pekerjaan/{made}/ulangi/").status_code == 302
    actions.run_due()
    assert access.job(made).state is State.DONE
    assert [entry.tag for entry in entries_about(f"job:{made}")] == [JobTag.JOB_RETRIED]
    assert client.post(f"/pekerjaan/{made}/ulangi/").status_code == 409
    assert client.post(f"/pekerjaan/{UUID(int=0)}/ulangi/").status_code == 404


def test_monitoring_hears_when_nobody_works_and_when_something_failed(
    instance: Instance, sent: list[int], client: Client
) -> None:
    def state() -> str:
        findings = client.get("/sehat/", headers={"accept": "application/json"}).json()["findings"]
        return next(found["state"] for found in findings if found["part"] == "jobs")

    assert state() == "well"
    made = ask(lambda _: None)
    instance.clock.advance(timedelta(minutes=6))
    assert state() == "ill"
    del kinds._kinds["test:do"]
    actions.run_due()
    assert state() == "soon"
    assert access.counts()["test:do", State.FAILED] == 1
    with transaction.atomic():
        actions.register("test:do", lambda _: None)
        actions.retry(made, by=Operator())
        actions.run_due()
    assert state() == "well"

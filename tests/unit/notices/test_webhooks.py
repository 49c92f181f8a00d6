"""Messages to other systems: what they say, who wrote them, and that they name nobody."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from absah.kernel.clock import Instant, SystemClock, instant
from absah.kernel.rng import UnsafeSeededRng
from absah.notices.webhooks.events import CHOOSABLE, Event, EventNotOpaque, happened
from absah.notices.webhooks.message import TOLERANCE, HookSecret, body_of, headers_of

AGENCY = "3f0e0c57-8f14-4c3a-9d1a-7d1f6f1c2b10"
ID = UUID("0b8f4a52-5ed9-4d3f-9a3c-5d5f3b1f7c21")
AT = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))
SECRET = HookSecret(b"s" * 32)
OTHER = HookSecret(b"o" * 32)


def now() -> Instant:
    return SystemClock().now()  # the reference reads the machine's clock


def body() -> bytes:
    return body_of(happened(Event.CERTIFICATE_REVOKED, AGENCY, {"certificate": "4A" * 16, "reason": "é"}, at=AT))


def test_a_body_says_what_happened_where_and_when_in_ascii():
    written = body()
    assert written.isascii()
    assert json.loads(written) == {
        "type": "certificate.revoked",
        "timestamp": "2026-11-20T07:03:00Z",
        "data": {"agency": AGENCY, "certificate": "4A" * 16, "reason": "é"},
    }


def test_the_published_reference_accepts_what_we_sign_and_nothing_that_was_changed():
    headers = headers_of(ID, body(), [SECRET], now=now())
    reference = Webhook(SECRET.text)
    assert reference.verify(body(), dict(headers))["type"] == "certificate.revoked"
    for changed in ({**headers, "webhook-id": str(UUID(int=1))}, {**headers, "webhook-timestamp": "1"}):
        with pytest.raises(WebhookVerificationError):
            reference.verify(body(), changed)
    with pytest.raises(WebhookVerificationError):
        reference.verify(body().replace(b"revoked", b"issued."), dict(headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER.text).verify(body(), dict(headers))


def test_a_message_of_earlier_or_later_is_refused_by_the_reference():
    for moment in (now() - TOLERANCE - timedelta(seconds=5), now() + TOLERANCE + timedelta(seconds=5)):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET.text).verify(body(), dict(headers_of(ID, body(), [SECRET], now=instant(moment))))


def test_while_a_secret_is_exchanged_both_open_the_message():
    headers = headers_of(ID, body(), [OTHER, SECRET], now=now())
    for secret in (SECRET, OTHER):
        assert Webhook(secret.text).verify(body(), dict(headers))


def test_a_message_without_a_secret_is_not_sent():
    with pytest.raises(ValueError, match="nobody could check"):
        headers_of(ID, body(), [], now=AT)


def test_a_secret_is_read_back_and_never_prints_itself():
    secret = HookSecret.draw(UnsafeSeededRng(b"hook"))
    assert HookSecret.parse(secret.text) == secret
    assert len(secret.key) == 32
    assert secret.text not in repr(secret)
    assert repr(secret.key) not in repr(secret)
    for wrong in ("", "whsec_", "whsec_aGFsbG8=", "whsec_!", secret.text.removeprefix("whsec_")):
        with pytest.raises(ValueError, match="secret of a webhook"):
            HookSecret.parse(wrong)


@pytest.mark.parametrize(
    "value", ["9999014107900001", "199007012015032001", "rina@sagarabiru.example", "x 9999014107900001"]
)
def test_an_event_that_would_name_a_person_is_refused_and_does_not_repeat_it(value: str):
    with pytest.raises(EventNotOpaque) as refused:
        happened(Event.PERSON_LEFT, AGENCY, {"cause": value}, at=AT)
    assert value not in str(refused.value)


def test_an_event_happens_at_an_agency_and_names_its_facts_plainly():
    with pytest.raises(ValueError, match="at an agency"):
        happened(Event.PERSON_LEFT, "", at=AT)
    with pytest.raises(ValueError, match="like_this"):
        happened(Event.PERSON_LEFT, AGENCY, {"Cause": "x"}, at=AT)


def test_every_event_but_the_test_can_be_chosen_and_is_named_after_its_subject():
    assert set(Event) - set(CHOOSABLE) == {Event.WEBHOOK_TESTED}
    assert {event.subject for event in CHOOSABLE} == {"request", "person", "certificate", "agency"}


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=2**40))
def test_any_change_of_a_byte_changes_the_signature(content: bytes, timestamp: int):
    assert SECRET.sign(ID, timestamp, content) != SECRET.sign(ID, timestamp, content + b"x")
    assert SECRET.sign(ID, timestamp, content) != SECRET.sign(ID, timestamp + 1, content)

"""The words of the ledger: what can happen here, one enum per area.

A tag is spelled `area:subject:action`, the action as a past participle. Tags are stored for ever: a member may be
added, never renamed or removed.
"""

from enum import StrEnum, unique

from absah.kernel.errors import BadInput


class TagUnknown(BadInput):
    """The ledger holds a word that this version does not know."""

    code = "audit.tag-unknown"


class Tag(StrEnum):
    """Something that happened. The areas below fill it."""


@unique
class AccountTag(Tag):
    """People who sign in, and what they may do."""

    USER_CREATED = "accounts:user:created"
    USER_CLOSED = "accounts:user:closed"
    USER_REOPENED = "accounts:user:reopened"
    PASSWORD_CHANGED = "accounts:password:changed"  # noqa: S105  (a tag, no password)
    PASSWORD_LINK_SENT = "accounts:password-link:sent"  # noqa: S105  (as above)
    ROLE_GRANTED = "accounts:role:granted"
    ROLE_ENDED = "accounts:role:ended"
    SIGNED_IN = "accounts:session:opened"
    SIGNED_OUT = "accounts:session:closed"
    SIGN_IN_REFUSED = "accounts:session:refused"
    SESSION_TIMED_OUT = "accounts:session:timed-out"
    SESSIONS_ENDED = "accounts:sessions:ended"
    FACTOR_ADDED = "accounts:factor:added"
    FACTOR_REMOVED = "accounts:factor:removed"
    FACTOR_RESET_ASKED = "accounts:factor-reset:asked"
    FACTOR_RESET_REFUSED = "accounts:factor-reset:refused"
    FACTORS_RESET = "accounts:factor-reset:approved"
    SIGN_ON_LINKED = "accounts:sign-on:linked"
    SIGN_ON_REFUSED = "accounts:sign-on:refused"


@unique
class EnrolmentTag(Tag):
    """Agencies, applicants and the steps to a certificate."""

    AGENCY_REGISTERED = "enrolment:agency:registered"
    VERIFIKATOR_APPOINTED = "enrolment:verifikator:appointed"
    SUBSCRIBER_REGISTERED = "enrolment:subscriber:registered"
    SUBSCRIBER_SUSPENDED = "enrolment:subscriber:suspended"
    SUBSCRIBER_RESUMED = "enrolment:subscriber:resumed"
    REQUEST_SUBMITTED = "enrolment:request:submitted"
    REQUEST_CHECKED = "enrolment:request:checked"
    REQUEST_RETURNED = "enrolment:request:returned"
    REQUEST_APPROVED = "enrolment:request:approved"
    REQUEST_REFUSED = "enrolment:request:refused"
    REQUEST_CANCELLED = "enrolment:request:cancelled"
    REQUEST_ASSIGNED = "enrolment:request:assigned"
    REQUEST_ESCALATED = "enrolment:request:escalated"
    IDENTITY_REVEALED = "enrolment:identity:revealed"
    PERSON_INVITED = "enrolment:person:invited"
    IDENTITY_COMPLETED = "enrolment:identity:completed"
    DATA_STOPPED = "enrolment:data:stopped"
    APP_BOUND = "enrolment:app:bound"
    APP_CONFIRMED = "enrolment:app:confirmed"
    ACTIVATION_INTENDED = "enrolment:credential:intended"
    CREDENTIAL_ACTIVATED = "enrolment:credential:activated"
    ACTIVATION_UNDONE = "enrolment:credential:undone"
    EVIDENCE_KEPT = "enrolment:evidence:kept"
    EVIDENCE_VIEWED = "enrolment:evidence:viewed"
    EVIDENCE_ERASED = "enrolment:evidence:erased"
    AGENCY_CHANGED = "enrolment:agency:changed"
    AGREEMENT_RENEWED = "enrolment:agreement:renewed"
    AGENCY_SUSPENDED = "enrolment:agency:suspended"
    AGENCY_RESUMED = "enrolment:agency:resumed"
    VERIFIKATOR_RELEASED = "enrolment:verifikator:released"
    SUBSCRIBER_CHANGED = "enrolment:subscriber:changed"
    SUBSCRIBER_LEFT = "enrolment:subscriber:left"
    RENEWAL_ASKED = "enrolment:renewal:asked"
    REPLACEMENT_STARTED = "enrolment:replacement:started"
    CERTIFICATE_RENEWED = "enrolment:certificate:renewed"
    PASSPHRASE_CHANGED = "enrolment:passphrase:changed"  # noqa: S105  (a tag, no passphrase)
    SECOND_FACTOR_BOUND = "enrolment:second-factor:bound"
    AGREEMENT_SIGNED = "enrolment:agreement:signed"
    LESSON_TAKEN = "enrolment:lesson:taken"
    PEOPLE_IMPORTED = "enrolment:people:imported"
    ACCOUNT_LINKED = "enrolment:account:linked"
    MANDATE_GIVEN = "enrolment:mandate:given"
    MANDATE_ENDED = "enrolment:mandate:ended"


@unique
class PkiTag(Tag):
    """Authorities, certificates and what is published about them. The intention is recorded before a key is used."""

    AUTHORITY_CREATED = "pki:authority:created"
    KEY_CREATED = "pki:key:created"
    ISSUANCE_INTENDED = "pki:certificate:intended"
    ISSUANCE_FAILED = "pki:certificate:failed"
    CERTIFICATE_ISSUED = "pki:certificate:issued"
    CERTIFICATE_ACCEPTED = "pki:certificate:accepted"
    CERTIFICATE_REVOKED = "pki:certificate:revoked"
    CERTIFICATE_SUSPENDED = "pki:certificate:suspended"
    CERTIFICATE_REINSTATED = "pki:certificate:reinstated"
    CERTIFICATE_PUBLISHED = "pki:certificate:published"
    CRL_PUBLISHED = "pki:crl:published"
    CRL_PARTITIONED = "pki:crl:partitioned"
    STAMPS_SEALED = "pki:stamps:sealed"
    SAMPLE_LINTED = "pki:sample:linted"
    REGISTER_RESTORED = "pki:register:restored"
    REGISTER_CAUGHT_UP = "pki:register:caught-up"


@unique
class OversightTag(Tag):
    """What takes two people, and policies that are published."""

    CHANGE_PROPOSED = "oversight:proposal:made"
    CHANGE_APPROVED = "oversight:proposal:approved"
    CHANGE_REFUSED = "oversight:proposal:refused"
    CHANGE_WITHDRAWN = "oversight:proposal:withdrawn"
    CHANGE_DONE = "oversight:proposal:carried-out"
    RECORDS_HANDED_OVER = "oversight:records:handed-over"
    TABLES_CHANGED = "oversight:tables:changed"
    POLICY_DRAFTED = "policies:document:drafted"
    POLICY_PUBLISHED = "policies:document:published"
    POLICY_DELIVERED = "policies:document:delivered"
    POLICY_RECEIVED = "policies:document:received"


@unique
class ServerTag(Tag):
    """Domains of agencies, and certificates for their servers, machines and applications."""

    DOMAIN_ASKED = "servers:domain:asked"
    DOMAIN_SHOWN = "servers:domain:shown"
    ORDER_PLACED = "servers:order:placed"
    ORDER_APPROVED = "servers:order:approved"
    ORDER_REFUSED = "servers:order:refused"
    ORDER_ISSUED = "servers:order:issued"
    ORDER_RETURNED = "servers:order:returned"


@unique
class ApplicationTag(Tag):
    """Applications that ask for signatures, seals and verifications."""

    APPLICATION_REGISTERED = "applications:application:registered"
    APPLICATION_CHANGED = "applications:application:changed"
    APPLICATION_DISABLED = "applications:application:disabled"
    APPLICATION_ENABLED = "applications:application:enabled"
    PASSWORD_DRAWN = "applications:password:drawn"  # noqa: S105  (a tag, no password)
    ANSWER_REPEATED = "applications:answer:repeated"
    REGISTRATION_ASKED = "applications:registration:asked"
    CERTIFICATE_BOUND = "applications:certificate:bound"
    CERTIFICATE_RELEASED = "applications:certificate:released"


@unique
class SealTag(Tag):
    """Seals of agencies."""

    SEAL_INTENDED = "seals:seal:intended"
    SEAL_MADE = "seals:seal:made"
    SEAL_UNDONE = "seals:seal:undone"
    ACTIVATION_ASKED = "seals:activation:asked"
    SEAL_CONFIRMED = "seals:seal:confirmed"
    SEAL_ACTIVATED = "seals:seal:activated"


@unique
class SigningTag(Tag):
    """What was signed, by whom, with which consent."""

    DOCUMENT_RECEIVED = "signing:document:received"
    DOCUMENT_COMPLETED = "signing:document:completed"
    DOCUMENT_EXTENDED = "signing:document:extended"
    SIGNATURE_INTENDED = "signing:signature:intended"
    SIGNATURE_MADE = "signing:signature:made"
    SIGNATURE_REFUSED = "signing:signature:refused"
    SIGNATURE_FAILED = "signing:signature:failed"
    PASSKEY_BOUND = "signing:passkey:bound"
    PASSKEY_RELEASED = "signing:passkey:released"


@unique
class DossierTag(Tag):
    """Documents on their way through the people who sign them."""

    CREATED = "dossiers:dossier:created"
    REPLACED = "dossiers:document:replaced"
    SEATED = "dossiers:seats:changed"
    PLACED = "dossiers:places:changed"
    SENT = "dossiers:dossier:sent"
    READ = "dossiers:document:read"
    CLAIMED = "dossiers:seat:claimed"
    SIGNED = "dossiers:seat:signed"
    DECLINED = "dossiers:seat:declined"
    SENT_BACK = "dossiers:dossier:sent-back"
    FORWARDED = "dossiers:seat:forwarded"
    REMINDED = "dossiers:seat:reminded"
    CANCELLED = "dossiers:dossier:cancelled"
    EXPIRED = "dossiers:dossier:expired"
    COMPLETED = "dossiers:dossier:completed"
    RENEWED = "dossiers:document:renewed"
    FETCHED = "dossiers:document:fetched"
    HELD = "dossiers:archive:held"
    RELEASED = "dossiers:archive:released"
    DESTROYED = "dossiers:document:destroyed"
    BUNDLE_SIGNED = "dossiers:bundle:authorised"
    BUNDLE_PAUSED = "dossiers:bundle:paused"
    BUNDLE_CONTINUED = "dossiers:bundle:continued"


@unique
class ValidationTag(Tag):
    """Results of verifications that somebody asked to keep. Verifying alone leaves no trace."""

    RESULT_SHARED = "validation:result:shared"
    RESULTS_EXPIRED = "validation:results:expired"
    RECEIPT_SEALED = "validation:receipt:sealed"


@unique
class PrivacyTag(Tag):
    """Personal data: what people asked, what was erased when its time was over, failures to protect."""

    REQUEST_RECEIVED = "privacy:request:received"
    REQUEST_GRANTED = "privacy:request:granted"
    REQUEST_REFUSED = "privacy:request:refused"
    COPY_GIVEN = "privacy:copy:given"
    DATA_ERASED = "privacy:data:erased"
    RECORD_EXPORTED = "privacy:record:exported"
    BREACH_RECORDED = "privacy:breach:recorded"
    BREACH_PEOPLE_TOLD = "privacy:breach:people-told"
    BREACH_AUTHORITY_TOLD = "privacy:breach:authority-told"


@unique
class NoticeTag(Tag):
    """What people wish to be told, and what did not reach them. That they were told stands in the notices."""

    WISHES_CHANGED = "notices:wishes:changed"
    DELIVERY_ABANDONED = "notices:delivery:abandoned"
    DELIVERIES_REVIVED = "notices:deliveries:revived"


@unique
class WebhookTag(Tag):
    """Receivers of agencies, their secrets, and what did not reach them. What did stands in the deliveries."""

    HOOK_REGISTERED = "webhooks:hook:registered"
    HOOK_CHANGED = "webhooks:hook:changed"
    HOOK_PAUSED = "webhooks:hook:paused"
    HOOK_RESUMED = "webhooks:hook:resumed"
    HOOK_DISABLED = "webhooks:hook:disabled"
    HOOK_REMOVED = "webhooks:hook:removed"
    HOOK_TESTED = "webhooks:hook:tested"
    SECRET_DRAWN = "webhooks:secret:drawn"  # noqa: S105  (a tag, no secret)
    DELIVERY_ABANDONED = "webhooks:delivery:abandoned"
    DELIVERIES_REVIVED = "webhooks:deliveries:revived"


@unique
class AgreementTag(Tag):
    """The cooperation agreement of the two parties."""

    AGREEMENT_DRAFTED = "agreements:agreement:drafted"
    AGREEMENT_SIGNED = "agreements:agreement:signed"
    EVENT_RECORDED = "agreements:event:recorded"
    OCCASION_TOLD = "agreements:occasion:told"
    FULFILMENT_MOVED = "agreements:fulfilment:moved"
    PAPER_KEPT = "agreements:paper:kept"
    PAPER_RELEASED = "agreements:paper:released"
    RECORD_KEPT = "agreements:record:kept"
    ADDENDUM_MOVED = "agreements:addendum:moved"
    HOLIDAY_DECREED = "agreements:holiday:decreed"
    FEED_ADDRESS_CHANGED = "agreements:feed-address:changed"


@unique
class JobTag(Tag):
    """Work that happens later, by itself."""

    JOB_RETRIED = "jobs:job:retried"


@unique
class LedgerTag(Tag):
    """The log over these rows: its heads, who watches it, and whose log we watch."""

    HEAD_ASKED = "ledger:head:asked"
    HEAD_SIGNED = "ledger:head:signed"
    HEAD_STAMPED = "ledger:head:stamped"
    COUNTERPART_NAMED = "ledger:counterpart:named"
    COUNTERPART_CHANGED = "ledger:counterpart:changed"
    COUNTERPART_REPINNED = "ledger:counterpart:repinned"
    CHECKPOINT_SENT = "ledger:checkpoint:sent"
    CHECKPOINT_ACKNOWLEDGED = "ledger:checkpoint:acknowledged"
    FORK_REPORTED = "ledger:fork:reported"
    CHECKPOINT_KEPT = "ledger:checkpoint:kept"
    CHECKPOINT_FORKED = "ledger:checkpoint:contradicted"
    CLOCK_JUMPED = "ledger:clock:jumped"
    PART_ARCHIVED = "ledger:part:archived"
    HEAD_TAKEN_OVER = "ledger:head:taken-over"
    KEY_HANDED_OVER = "ledger:key:handed-over"


@unique
class OutsideTag(Tag):
    """Certificates issued elsewhere, and the connection to the national service that holds them."""

    CREDENTIAL_ENTERED = "national:credential:entered"
    CERTIFICATES_LISTED = "outside:certificates:listed"
    CERTIFICATE_SEEN = "outside:certificate:seen"
    CERTIFICATE_CHANGED = "outside:certificate:changed"
    PERSON_WELCOMED = "outside:person:welcomed"


@unique
class RelayTag(Tag):
    """Signatures asked of the national service."""

    CODE_ASKED = "relay:code:asked"
    SIGNATURE_ASKED = "relay:signature:asked"
    SIGNATURE_RECEIVED = "relay:signature:received"
    SIGNATURE_REFUSED = "relay:signature:refused"
    OUTCOME_UNKNOWN = "relay:outcome:unknown"
    OUTCOME_LOOKED_FOR = "relay:outcome:looked-for"
    OUTCOME_FOUND = "relay:outcome:found"
    OUTCOME_RELEASED = "relay:outcome:released"
    DOCUMENT_TAKEN = "relay:document:taken"


class BrandingTag(Tag):
    """The logos that every page shows."""

    LOGO_PUT = "branding:logo:put"
    LOGO_REMOVED = "branding:logo:removed"


class CaseTag(Tag):
    """The cases of an agreement: tickets, reports, assessments, letters with the registers of their numbers."""

    ENTRY_ADDED = "cases:entry:added"
    LETTER_NUMBERED = "cases:letter:numbered"
    BOOK_CHANGED = "cases:book:changed"
    BUNDLE_MADE = "cases:bundle:made"


def known_tags() -> dict[str, Tag]:
    """Every tag of every area, keyed by its spelling."""
    return {tag.value: tag for area in Tag.__subclasses__() for tag in area}


def parse_tag(written: str, /) -> Tag:
    """The tag that a stored word means."""
    try:
        return known_tags()[written]
    except KeyError:
        raise TagUnknown(tag=written) from None

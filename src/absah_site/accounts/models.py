"""People who sign in, the roles they hold, and wrong attempts to sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from absah_site.roles import Acting, Role

_CLOSED_FOR = ("left", "no-duty", "misuse", "deceased")
_LOST_HOW = ("lost", "broken", "stolen")
_RESETS = ("asked", "approved", "used", "refused")


class User(AbstractUser):
    """A person with an account. What this person may do follows from roles, never from `is_staff`.

    Others know the person by `public_id`, which is random. Numbers of the population register have no place here.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    display_name = models.CharField(max_length=150)


class RoleAssignment(models.Model):
    """That a person holds a role, at one agency (its opaque id) or everywhere (empty), from one moment to another.

    `acting` says that it is held for a time: as pelaksana tugas (a vacant post) or pelaksana harian (for somebody).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])
    agency = models.CharField(max_length=64, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    acting = models.CharField(max_length=3, blank=True, default="", choices=[(one.value, one.value) for one in Acting])
    acting_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(acting="", acting_for__isnull=True)
                | models.Q(acting=Acting.PLT.value, acting_for__isnull=True, until__isnull=False)
                | models.Q(acting=Acting.PLH.value, acting_for__isnull=False, until__isnull=False),
                name="accounts_acting_for_a_time",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "agency"],
                condition=models.Q(until__isnull=True),
                name="accounts_one_current_assignment",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="accounts_assignment_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="accounts_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class KnownBrowser(models.Model):
    """A browser in which a person has signed in: a keyed hash of the number in its cookie."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browsers")
    key = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="accounts_browser_is_met_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}"


class SignInAttempt(models.Model):
    """An attempt that has not succeeded. Name and address are kept as keyed hashes, for one day."""

    name_key = models.CharField(max_length=64)
    address_key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["name_key", "at"], name="accounts_attempt_name"),
            models.Index(fields=["address_key", "at"], name="accounts_attempt_address"),
            models.Index(fields=["at"], name="accounts_attempt_at"),
        )

    def __str__(self) -> str:
        return f"{self.at}"


class PasswordLink(models.Model):
    """A link by which a person sets the own password: of a new account, or forgotten. Only its SHA-256 is kept.

    `agency` is whose administrator opened the account by it: so that somebody looks after accounts without a role.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_links")
    digest = models.BinaryField(max_length=32, unique=True)
    agency = models.CharField(max_length=64, blank=True, default="")
    opening = models.BooleanField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["agency"], condition=models.Q(opening=True), name="accounts_opened_at"),
            models.Index(fields=["user", "-made_at"], name="accounts_newest_link"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at}"


class AccountClosing(models.Model):
    """An account was closed, at which agency (everywhere: empty), by whom and why; and perhaps opened again."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="closings")
    agency = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=10, choices=[(one, one) for one in _CLOSED_FOR])
    closed_by = models.CharField(max_length=160)
    closed_at = models.DateTimeField()
    reopened_by = models.CharField(max_length=160, blank=True, default="")
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(reopened_at__isnull=True), name="accounts_closed_once"
            ),
            models.CheckConstraint(condition=models.Q(reason__in=_CLOSED_FOR), name="accounts_closed_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True, reopened_by="")
                | (models.Q(reopened_at__isnull=False) & ~models.Q(reopened_by="")),
                name="accounts_reopened_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.closed_at}"


class FactorReset(models.Model):
    """Somebody lost every second factor: one asks, another approves, the person sets a new one through a link.

    While it is approved and not `used`, the password alone opens nothing. Only the link's SHA-256 is kept.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_resets")
    state = models.CharField(max_length=8, choices=[(state, state) for state in _RESETS], default="asked")
    why = models.CharField(max_length=10, choices=[(one, one) for one in _LOST_HOW])
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    digest = models.BinaryField(max_length=32, null=True, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=("asked", "approved")),
                name="accounts_one_factor_reset",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_RESETS) & models.Q(why__in=_LOST_HOW), name="accounts_reset_is_known"
            ),
            # Four eyes. Whoever runs the machine stands for both: `absah account reset` (docs/runbooks).
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "used"))
                | (
                    models.Q(decided_at__isnull=False, digest__isnull=False, expires_at__isnull=False)
                    & ~models.Q(decided_by="")
                    & (~models.Q(decided_by=models.F("asked_by")) | models.Q(asked_by__startswith="system:"))
                ),
                name="accounts_reset_by_two",
            ),
            models.CheckConstraint(
                condition=models.Q(state="used", used_at__isnull=False)
                | (~models.Q(state="used") & models.Q(used_at__isnull=True)),
                name="accounts_reset_used_at_a_moment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"

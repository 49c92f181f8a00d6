"""A seal: whose it is, the number by which applications name it, and its key."""

from django.db import models

_STATES = ("making", "ready", "undone")


class Seal(models.Model):
    """The row is written before the key is made (making), and says afterwards what became of it."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=10, unique=True)
    agency = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    credential = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=6, choices=[(state, state) for state in _STATES])
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(state__in=_STATES), name="seals_state_is_known"),)
        indexes = (models.Index(fields=["agency", "name"], name="seals_of_agency"),)

    def __str__(self) -> str:
        return self.number

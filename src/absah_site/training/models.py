"""Who attended an event, what people knew before and after, and what they said of it.

`event` is the id of its case, whose tables are another app's.
"""

from django.db import models


class Attendance(models.Model):
    """A person at an event. `same` tells one person from another (`absah.cases.attendance.same_person`)."""

    event = models.UUIDField()
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=120)
    post = models.CharField(max_length=120, blank=True)
    same = models.CharField(max_length=250)
    at = models.DateTimeField()
    evaluated = models.BooleanField(default=False)
    dossier = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "number"], name="training_attendance_number"),
            models.UniqueConstraint(fields=["event", "same"], name="training_attended_once"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.number}"


class QuizResult(models.Model):
    """What somebody answered at one end of the event's test (`absah.cases.quiz`), and how many answers were right."""

    event = models.UUIDField()
    number = models.PositiveIntegerField()
    end = models.CharField(max_length=6)
    answers = models.JSONField()
    right = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event", "number", "end"], name="training_quiz_once"),)

    def __str__(self) -> str:
        return f"{self.event} {self.number} {self.end}"


class Evaluation(models.Model):
    """What somebody who attended said. Nothing says who."""

    event = models.UUIDField(db_index=True)
    marks = models.JSONField()
    comment = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return str(self.event)

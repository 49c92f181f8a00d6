"""What waits is counted, and people are found by their names, in indexes alone."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill_names(apps: Any, _schema: Any) -> None:
    """Beside each word, the name it is of."""
    words, people = apps.get_model("enrolment", "NameWord"), apps.get_model("enrolment", "Subscriber")
    words.objects.update(name=Subquery(people.objects.filter(pk=OuterRef("subscriber_id")).values("name")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0010_letters_of_lists"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="nameword",
            name="enrolment_name_word",
        ),
        migrations.RemoveIndex(
            model_name="nameword",
            name="enrolment_name_word_at",
        ),
        migrations.AddField(
            model_name="nameword",
            name="name",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(fill_names, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="nameword",
            index=models.Index(fields=["word", "agency", "name", "subscriber"], name="enrolment_name_word"),
        ),
        migrations.AddIndex(
            model_name="nameword",
            index=models.Index(fields=["agency", "word", "name", "subscriber"], name="enrolment_name_word_at"),
        ),
        *(
            migrations.AddIndex(
                model_name="enrolmentrequest",
                index=models.Index(
                    condition=models.Q(("state", state)),
                    fields=[f"{state}_at", "agency", "state"],
                    name=f"enrolment_request_{state}",
                ),
            )
            for state in ("completed", "verified", "approved")
        ),
    ]

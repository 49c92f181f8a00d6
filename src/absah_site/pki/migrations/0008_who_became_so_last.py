"""Those on hold and those revoked are listed by when they became so, the last one first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pki", "0007_counted_from_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="certificate", name="pki_not_good_by_status"),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("status", "good"), _negated=True),
                fields=["status", "status_at", "id"],
                name="pki_not_good_since",
            ),
        ),
    ]

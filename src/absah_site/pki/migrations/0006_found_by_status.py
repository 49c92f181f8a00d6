"""Indexes for what operators ask: by state, and what the last days brought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pki", "0005_names_and_fewer_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["issued_at"], name="pki_issued"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("status", "good"), _negated=True),
                fields=["status", "id"],
                name="pki_not_good_by_status",
            ),
        ),
    ]

"""What the last days brought is counted from an index alone; a name that thousands have is found among the few on hold."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pki", "0006_found_by_status"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="certificate", name="pki_issued"),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("holder", ""), _negated=True), fields=["issued_at"], name="pki_issued_to_somebody"
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("status", "good"), _negated=True),
                fields=["status", "name"],
                name="pki_not_good_by_name",
            ),
        ),
    ]

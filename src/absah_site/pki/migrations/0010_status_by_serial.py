"""A responder learns from one index that a certificate is good: it looked into a second one to see that it is not bad."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pki", "0009_narrow_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="certificate", name="pki_not_good_by_serial"),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["authority", "serial", "status"], name="pki_status_by_serial"),
        ),
    ]

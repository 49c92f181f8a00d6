"""Certificates are searched by the beginning of a name; two indexes go that a constraint makes superfluous."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from absah.pki.name_search import searched_name

_CHUNK = 2_000


def fill_names(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """From the subjects that are there."""
    certificates = apps.get_model("pki", "Certificate").objects
    last = 0
    while rows := list(certificates.filter(pk__gt=last).only("pk", "subject").order_by("pk")[:_CHUNK]):
        for row in rows:
            row.name = searched_name(row.subject)
        certificates.bulk_update(rows, ["name"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("pki", "0004_ending")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="name",
            field=models.CharField(blank=True, db_index=True, max_length=128),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="authority",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="pki.authority",
            ),
        ),
        migrations.AlterField(
            model_name="issuanceintent",
            name="authority",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="intents", to="pki.authority"
            ),
        ),
        migrations.RunPython(fill_names, migrations.RunPython.noop, elidable=True),
    ]

"""Indexes on random values are fewer and narrower, and a responder reads no row; see `absah_site.pki.models`.

On SQLite both large tables are written anew: about two minutes for a million certificates.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_CHUNK = 5_000


def _head(digest: str) -> int:
    return int.from_bytes(bytes.fromhex(digest[:16]), "big", signed=True)


def fill_heads(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    """From the digests that are there."""
    authorities = apps.get_model("pki", "Authority").objects
    for authority in authorities.all():
        authorities.filter(pk=authority.pk).update(fingerprint_head=_head(authority.fingerprint))
    certificates, last = apps.get_model("pki", "Certificate").objects, 0
    statement = "UPDATE pki_certificate SET fingerprint_head = %s, key_head = %s WHERE id = %s"
    while rows := list(
        certificates.filter(pk__gt=last).order_by("pk").values_list("pk", "fingerprint", "key_hash")[:_CHUNK]
    ):
        with schema.connection.cursor() as cursor:
            cursor.executemany(statement, [(_head(fingerprint), _head(key), pk) for pk, fingerprint, key in rows])
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [
        ("pki", "0008_who_became_so_last"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="issuanceintent",
            name="pki_intent_serial_is_unique",
        ),
        migrations.RemoveIndex(
            model_name="certificate",
            name="pki_certificate_credential",
        ),
        migrations.RemoveIndex(
            model_name="certificate",
            name="pki_certificate_key",
        ),
        migrations.RemoveIndex(
            model_name="certificate",
            name="pki_not_good_by_name",
        ),
        migrations.RemoveIndex(
            model_name="issuanceintent",
            name="pki_intent_unfinished",
        ),
        migrations.AddField(
            model_name="authority",
            name="fingerprint_head",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="certificate",
            name="fingerprint_head",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="certificate",
            name="key_head",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="fingerprint",
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="name",
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.RunPython(fill_heads, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("credential", ""), _negated=True),
                fields=["credential"],
                name="pki_certificate_in_custody",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["fingerprint_head"], name="pki_certificate_fingerprint"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["name"], name="pki_certificate_name", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["key_head"], name="pki_certificate_of_key"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("status", "good"), _negated=True),
                fields=["status", "name"],
                name="pki_not_good_by_name",
                opclasses=["varchar_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("status", "good"), _negated=True),
                fields=["authority", "serial", "status", "reason", "status_at"],
                name="pki_not_good_by_serial",
            ),
        ),
        migrations.AddIndex(
            model_name="issuanceintent",
            index=models.Index(
                condition=models.Q(("state", "issued"), _negated=True),
                fields=["state", "intended_at"],
                name="pki_intent_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuanceintent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "issued"), _negated=True),
                fields=("authority", "serial"),
                name="pki_intent_serial_is_its_own",
            ),
        ),
    ]

"""Fills the new columns for what is in the register already: hashes of keys, and the last change of each status."""

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    certificates = apps.get_model("pki", "Certificate").objects
    changes = apps.get_model("pki", "StatusChange").objects
    for row in certificates.filter(key_hash="").only("pk", "der").iterator():
        key = x509.load_der_x509_certificate(bytes(row.der)).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        certificates.filter(pk=row.pk).update(key_hash=hashlib.sha256(spki).hexdigest())
    for row in certificates.exclude(status="good").filter(changes__isnull=True).defer("der").iterator():
        changes.create(certificate_id=row.pk, status=row.status, reason=row.reason, at=row.status_at)


class Migration(migrations.Migration):
    dependencies = [("pki", "0002_life_and_shards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

"""People and requests of before: the agency of a request, the indexes and words by which a person is found."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from absah.adapters.personal_data import Place
from absah.enrolment.name_words import words_of


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    subscribers = apps.get_model("enrolment", "Subscriber")
    if not subscribers.objects.exists():
        return
    from absah_site import composition  # noqa: PLC0415  (a new instance has no keys yet when it is migrated)

    vault = composition.personal_data()
    for row in subscribers.objects.order_by("pk").iterator(chunk_size=500):
        place = {"table": "enrolment_subscriber", "row": str(row.pk)}
        email = vault.open(bytes(row.email_sealed), Place(**place, field="email"))
        row.email_index = vault.blind_index("email", email.lower())
        if row.nip_sealed is not None:
            nip = vault.open(bytes(row.nip_sealed), Place(**place, field="nip"))
            row.nip_index = vault.blind_index("nip", nip)
        row.save(update_fields=["email_index", "nip_index"])
        words = apps.get_model("enrolment", "NameWord").objects
        words.bulk_create(
            [words.model(subscriber=row, agency_id=row.agency_id, word=one) for one in words_of(row.name)]
        )
        apps.get_model("enrolment", "EnrolmentRequest").objects.filter(subscriber=row).update(agency_id=row.agency_id)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0002_people_and_evidence")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

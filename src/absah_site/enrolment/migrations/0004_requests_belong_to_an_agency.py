import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0003_fill_what_was_before")]
    operations = [
        migrations.AlterField(
            model_name="enrolmentrequest",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.agency"
            ),
        ),
    ]

"""Links to a new password."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A third use of a sign-in link."""

    dependencies: ClassVar = [("people", "0002_what_the_database_refuses")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="signinlink",
            name="use",
            field=models.CharField(
                choices=[
                    ("demo", "Demo persona"),
                    ("enrol", "First enrolment"),
                    ("reset", "New password"),
                ],
                max_length=10,
            ),
        ),
    ]

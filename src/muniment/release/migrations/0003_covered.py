"""Whether a certificate's day holds for copies made outside Muniment too."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column more."""

    dependencies: ClassVar = [("release", "0002_checks")]
    operations: ClassVar = [
        migrations.AddField("certificate", "covered", models.BooleanField(default=False)),
    ]

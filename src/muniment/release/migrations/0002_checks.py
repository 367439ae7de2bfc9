"""Checks of the vault that people ask for."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of checks."""

    dependencies: ClassVar = [
        ("people", "0003_reset_links"),
        ("release", "0001_tables"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked", models.DateTimeField()),
                ("started", models.DateTimeField(null=True)),
                ("done_bytes", models.PositiveBigIntegerField(default=0)),
                ("total_bytes", models.PositiveBigIntegerField(default=0)),
                ("finished", models.DateTimeField(null=True)),
                ("records", models.PositiveBigIntegerField(default=0)),
                ("leaves", models.PositiveBigIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("trouble", models.TextField(blank=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={"ordering": ("-asked", "-pk")},
        ),
    ]

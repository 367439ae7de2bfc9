"""A call's own name: by it the record is found of a call that somebody listened to while it went on."""

from django.db import migrations, models

FILL = """UPDATE catalogue_calldetail
SET call = substr(names, 1, instr(names || char(10), char(10)) - 1)"""
"""It is the first of the names that a switch may call it."""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_notices_and_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="calldetail",
            name="call",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="calldetail",
            index=models.Index(fields=["organisation", "call"], name="catalogue_call_name"),
        ),
    ]

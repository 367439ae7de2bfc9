"""Requests to listen to calls in progress: their lines and hours, and no warrant to look for records."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0007_announcements"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="hours",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="request",
            name="hours",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="request",
            name="lines",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="request",
            name="locate_hash",
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
    ]

import django.db.models.deletion
import muniment.governance.models.decisions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("warrant", models.BinaryField()),
                ("records", models.JSONField()),
                ("proposed", models.DateTimeField()),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "ordering": ("proposed",),
            },
        ),
        migrations.AddField(
            model_name="grant",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="grant", to="governance.request"
            ),
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_sequence", models.BigIntegerField()),
                ("ledger_digest", models.CharField(max_length=64)),
                ("view", models.TextField()),
                ("given", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultations",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_sequence", models.BigIntegerField()),
                ("ledger_digest", models.CharField(max_length=64)),
                ("chosen", models.DateTimeField()),
                ("records", models.JSONField()),
                ("private", models.JSONField(default=list)),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choice",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_sequence", models.BigIntegerField()),
                ("ledger_digest", models.CharField(max_length=64)),
                ("query", models.TextField()),
                ("total", models.PositiveIntegerField()),
                ("made", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="searches",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "searches",
                "ordering": ("-made",),
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_sequence", models.BigIntegerField()),
                ("ledger_digest", models.CharField(max_length=64)),
                ("warrant_hash", models.CharField(max_length=64)),
                ("told", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_sequence", models.BigIntegerField()),
                ("ledger_digest", models.CharField(max_length=64)),
                ("number", models.PositiveIntegerField()),
                ("pack", models.CharField(max_length=60)),
                ("text", models.TextField()),
                ("adopted", models.DateTimeField()),
                (
                    "adopted_by",
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
            options={
                "ordering": ("organisation", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation"), models.F("number"), name="governance_adoption_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GrantRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.CharField(db_index=True, max_length=40)),
                ("private", models.BooleanField(default=False)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="governance.grant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("grant"), models.F("record"), name="governance_granted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.CharField(db_index=True, max_length=40)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="held", to="governance.hold"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("hold"), models.F("record"), name="governance_held_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldReleaseSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("statement", models.BinaryField()),
                ("signed", models.BinaryField()),
                ("made", models.DateTimeField()),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release_signatures",
                        to="governance.hold",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("made",),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("hold"), models.F("person"), name="governance_release_signed_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Located",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.CharField(max_length=40)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="located",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("request"), models.F("record"), name="governance_located_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("ledger_sequence", models.BigIntegerField()),
                ("ledger_digest", models.CharField(max_length=64)),
                (
                    "id",
                    models.CharField(
                        default=muniment.governance.models.decisions.new_decision_id,
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("approve", "Approved"),
                            ("part", "Approved in part"),
                            ("refuse", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField()),
                ("clause", models.CharField(max_length=300)),
                ("warrant_hash", models.CharField(blank=True, max_length=64)),
                ("signed", models.BinaryField()),
                ("decided", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="people.person",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="governance.request",
                    ),
                ),
            ],
            options={
                "ordering": ("decided",),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("request"),
                        models.F("person"),
                        models.F("warrant_hash"),
                        name="governance_decided_once",
                    )
                ],
            },
        ),
    ]

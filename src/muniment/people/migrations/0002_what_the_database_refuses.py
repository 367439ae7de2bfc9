"""Triggers that hold what a column's constraint cannot: excluded roles, texts that never change."""

from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ADMINISTERING = "('administrator', 'it_engineer')"
CONTENT = (
    "('data_controller', 'director', 'hr', 'investigator', 'line_manager',"
    " 'managing_director', 'office_manager', 'reviewer')"
)

# Another role of the same person that cannot stand beside the new one.
EXCLUDED_ROLE = f"""
    EXISTS (
        SELECT 1 FROM people_roleassignment AS held
        WHERE held.person_id = NEW.person_id AND held.role <> NEW.role AND (
            (held.role = 'auditor' AND NEW.role <> 'employee')
            OR (NEW.role = 'auditor' AND held.role <> 'employee')
            OR (held.role IN {ADMINISTERING} AND NEW.role IN {CONTENT})
            OR (held.role IN {CONTENT} AND NEW.role IN {ADMINISTERING})
        )
    )
"""


def _refuse(name: str, when: str, condition: str, why: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
    )


TRIGGERS = {
    "people_role_excluded_given": _refuse(
        "people_role_excluded_given", "INSERT ON people_roleassignment", EXCLUDED_ROLE,
        "this role excludes another role of the person",
    ),
    "people_role_fixed": _refuse(
        "people_role_fixed", "UPDATE OF person_id, role ON people_roleassignment",
        "NEW.person_id <> OLD.person_id OR NEW.role <> OLD.role",
        "a role is given and removed, never changed",
    ),
    "people_policy_fixed": _refuse(
        "people_policy_fixed", "UPDATE ON people_policyversion", "OLD.published IS NOT NULL",
        "a published policy never changes",
    ),
    "people_policy_kept": _refuse(
        "people_policy_kept", "DELETE ON people_policyversion", "OLD.published IS NOT NULL",
        "a published policy is never removed",
    ),
    "people_acceptance_fixed": _refuse(
        "people_acceptance_fixed", "UPDATE ON people_policyacceptance", "1",
        "an acceptance never changes",
    ),
    "people_acceptance_kept": _refuse(
        "people_acceptance_kept", "DELETE ON people_policyacceptance", "1",
        "an acceptance is never removed",
    ),
    "people_manager_elsewhere": _refuse(
        "people_manager_elsewhere", "INSERT ON people_linemanager",
        "(SELECT organisation_id FROM people_person WHERE id = NEW.person_id)"
        " <> (SELECT organisation_id FROM people_person WHERE id = NEW.manager_id)",
        "a line manager belongs to the same organisation",
    ),
}  # fmt: skip


def _create(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ANN401  Django's own registry
    for statement in TRIGGERS.values():
        editor.execute(statement)


def _drop(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ANN401  Django's own registry
    for name in TRIGGERS:
        editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    """Every trigger of the room, for SQLite and SQLCipher."""

    dependencies: ClassVar = [("people", "0001_tables")]
    operations: ClassVar = [migrations.RunPython(_create, _drop)]

"""Mails to those who must know that a backup or a test call failed, or damage was found. They say what, and nothing of any record."""

from muniment.governance import notices
from muniment.people import services as people
from muniment.people.roles import Role

PATH = "/machine"
FOR_BACKUPS = (Role.IT_ENGINEER, Role.ADMINISTRATOR)
FOR_DAMAGE = (Role.DATA_CONTROLLER, Role.AUDITOR, Role.IT_ENGINEER, Role.ADMINISTRATOR)
BACKUP_FAILED = "The backup of Muniment has failed"
TEST_CALL_FAILED = "A test call of Muniment has failed"
DAMAGE_FOUND = "Muniment has found damage in its records"
BODY = """\
{says}

What stands in the ledger and what is to be done is on the page below, and muniment doctor and
muniment verify say it on the server. This mail comes again every day until it is well."""


def backup_failed(organisation: str, says: str) -> int:
    """Put a mail in the outbox for each who looks after the machine; how many there are."""
    return _tell(organisation, FOR_BACKUPS, BACKUP_FAILED, says)


def damage_found(organisation: str, says: str) -> int:
    """Put a mail in the outbox for each who answers for the records or the machine; how many there are."""
    return _tell(organisation, FOR_DAMAGE, DAMAGE_FOUND, says)


def test_call_failed(organisation: str, says: str) -> int:
    """Put a mail in the outbox for each who looks after the machine; how many there are."""
    return _tell(organisation, FOR_BACKUPS, TEST_CALL_FAILED, says)


def _tell(organisation: str, roles: tuple[Role, ...], subject: str, says: str) -> int:
    readers = dict.fromkeys(each.id for role in roles for each in people.holders(organisation, role))
    for reader in readers:
        notices.tell(reader, subject, BODY.format(says=says), PATH)
    return len(readers)

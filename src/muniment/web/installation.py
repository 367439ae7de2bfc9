"""Django in a process that is not the web server: a command, the worker, the founding of an installation."""

import os

import django
from django.apps import apps
from django.core.management import call_command

from muniment.core.home import Home
from muniment.database import keys as database_keys
from muniment.people import keys as sign_in_keys
from muniment.vault.handover import WebKeys, WorkerKeys
from muniment.vault.setup import Founding
from muniment.web.site import HOME_VARIABLE


def start(home: Home, keys: WorkerKeys | WebKeys) -> None:
    """Hold the keys, point the settings to this home, and load Django; once in a process."""
    os.environ[HOME_VARIABLE] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "muniment.web.settings"
    database_keys.set_key(keys.catalogue)
    sign_in_keys.hold(sign_in_keys.SignInKeys(keys.django_secret, keys.totp))
    if not apps.ready:
        django.setup()


def prepare_tables(home: Home) -> None:
    """Make the catalogue's file and bring its tables up to date; nothing happens if they are."""
    home.catalogue.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def record_founding(founding: Founding) -> None:
    """The rows of a new organisation: itself, its first authorities, their enrolment links.

    The genesis entry is in the ledger already; doing this again changes nothing.
    """
    from muniment.people import services  # noqa: PLC0415  models are loaded by `start`
    from muniment.people.models import Person, SignInLink  # noqa: PLC0415  the same

    services.found_organisation(founding.organisation, founding.name, demo=founding.demo)
    for authority in founding.authorities:
        if not Person.objects.filter(pk=authority.person).exists():
            services.add_person(founding.organisation, authority.name, person=authority.person)
    for enrolment in founding.enrolments:
        services.make_link(
            founding.organisation,
            SignInLink.Use.ENROL,
            person=enrolment.person,
            token=enrolment.token,
            first_authority=True,
        )

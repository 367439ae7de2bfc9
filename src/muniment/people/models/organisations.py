"""Organisations, the persons in them, the addresses by which records name a person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from muniment.core import ids, phone_numbers


def new_organisation_id() -> str:
    """A fresh `org_…` id."""
    return ids.new(ids.Prefix.ORGANISATION)


def new_person_id() -> str:
    """A fresh `per_…` id."""
    return ids.new(ids.Prefix.PERSON)


class Organisation(models.Model):
    """A tenant: a firm, or a client of a managed-service provider. Its vault has the same id."""

    id = models.CharField(primary_key=True, max_length=40, default=new_organisation_id)
    name = models.CharField(max_length=200)
    demo = models.BooleanField(default=False)
    # "Data Controller" is in law the company, so the title of the person is the organisation's choice.
    controller_title = models.CharField(max_length=80, default="Data Controller")
    idle_minutes = models.PositiveSmallIntegerField(default=15)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A human to whom addresses on records are linked; with an account, or without."""

    class Kind(models.TextChoices):
        """How the person stands to the organisation (REQ 004)."""

        EMPLOYEE = "employee", "Employee"
        CONTRACTOR = "contractor", "Contractor"
        CLIENT = "client", "Client"
        END_USER = "end_user", "End user"
        GUEST = "guest", "Student or guest"
        CALLER = "caller", "Caller"

    id = models.CharField(primary_key=True, max_length=40, default=new_person_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="persons")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.EMPLOYEE)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PersonAddress(models.Model):
    """An address, number or account name that means this person, in lower case.

    One address means one person within an organisation.
    """

    class Kind(models.TextChoices):
        """What sort of address it is."""

        MAIL = "mail", "E-mail address"
        TELEPHONE = "telephone", "Telephone number"
        ACCOUNT = "account", "Account name"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.MAIL)
    address = models.CharField(max_length=320)

    class Meta:
        constraints = (models.UniqueConstraint("organisation", "address", name="people_address_once"),)

    def __str__(self) -> str:
        return self.address

    def save(self, **kwargs: object) -> None:
        """Fold the address and take the organisation from the person."""
        self.organisation_id = self.person.organisation_id
        self.address = self.folded(self.address, self.kind, self.organisation_id)
        super().save(**kwargs)  # type: ignore[arg-type]  # Django's own keywords, passed on

    @classmethod
    def folded(cls, address: str, kind: str, organisation: str) -> str:
        """The one form in which an address stands: small letters; of a number +44…, ext:201 or sip:….

        A number without a country is of the organisation's, as the settings say.
        """
        if kind == cls.Kind.TELEPHONE:
            region = settings.PHONE_REGIONS.get(organisation, phone_numbers.DEFAULT_REGION)
            return phone_numbers.address(address, region)
        return address.strip().lower()


class LineManager(models.Model):
    """Who a person's line manager is: never decides about that person (REQ approval matrix)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="managed_by")
    manager = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="manages")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(person=F("manager")), name="people_nobody_manages_themselves"
            ),
        )

    def __str__(self) -> str:
        return f"{self.manager} manages {self.person}"

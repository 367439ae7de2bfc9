"""How a person signs in: account, token for the API, one-time link."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from muniment.people.models.organisations import Organisation, Person


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there is no superuser, and Django's admin stays off."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Account":
        """Make an account; without a password nobody can sign in by password."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Find an account by e-mail address, in any case."""
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """The sign-in of exactly one person; no shared logins (REQ 047)."""

    email = models.EmailField(max_length=254)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD: ClassVar[str] = "email"
    EMAIL_FIELD: ClassVar[str] = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="people_account_email_once"),)

    def __str__(self) -> str:
        return self.email

    def save(self, **kwargs: object) -> None:
        """Keep the address in lower case, so that one mailbox is one account."""
        self.email = self.email.strip().lower()
        super().save(**kwargs)  # type: ignore[arg-type]  # Django's own keywords, passed on


class PersonalToken(models.Model):
    """A token for the API. Only its SHA-256 is kept; it never approves, opens, exports or erases."""

    class Use(models.TextChoices):
        """What it may do: one for anything but `program` does that one thing, and nothing else."""

        PROGRAM = "program", "Ask in my name"
        DESKTOP = "desktop", "Silence calls from my telephone desktop"
        SOURCE = "source", "Hand recordings over, as a switch or a carrier does"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    use = models.CharField(
        max_length=10, choices=Use.choices, default=Use.PROGRAM, db_default=Use.PROGRAM.value
    )

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class SignInLink(models.Model):
    """A link that signs somebody in. Only the SHA-256 of its token is kept.

    `demo` links work any number of times, and only in an organisation whose genesis entry says demo.
    `enrol` links work once: the person sets password, second factor, passkey and signing key.
    `reset` links work once, within a day: the person sets a new password, and nothing else changes.
    """

    class Use(models.TextChoices):
        """What the link is for."""

        DEMO = "demo", "Demo persona"
        ENROL = "enrol", "First enrolment"
        RESET = "reset", "New password"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    # An enrolment link of a first authority may be printed before anybody is named.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="links")
    use = models.CharField(max_length=10, choices=Use.choices)
    digest = models.CharField(max_length=64, unique=True)
    # A first authority's token also lets the keeper register one signing key; an invitation's does not.
    first_authority = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(use="enrol") | models.Q(person__isnull=False),
                name="people_demo_link_names_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.use} link of {self.person_id or 'nobody yet'}"

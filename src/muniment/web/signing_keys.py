"""From a passkey or a public key to the entry that the authority register would hold."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from fido2 import cbor

from muniment.core import ids
from muniment.core.errors import WrongUseError
from muniment.people.powers import powers_of
from muniment.people.views import PersonView
from muniment.vault.authority.keyfile import PublicKeyFile
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.web.desk import may_register


def from_passkey(person: PersonView, authenticator: Authenticator) -> RegisteredKey:
    """The entry for a passkey that signs in already; it may sign on this site's own origins only."""
    found = authenticator.wrap().authenticator_data.credential_data
    if found is None:
        raise WrongUseError("This passkey brought no public key.", remedy="Remove it and add it again.")
    return RegisteredKey(
        person=person.id,
        key=ids.new(ids.Prefix.KEY),
        kind=KeyKind.PASSKEY,
        public=cbor.encode(dict(found.public_key)),
        powers=_powers(person),
        credential=bytes(found.credential_id),
        relying_party=settings.SITE.hosts[0],
        origins=settings.SITE.origins,
    )


def credential(authenticator: Authenticator) -> bytes:
    """The credential id of a passkey, by which the register knows it; empty if it brought none."""
    found = authenticator.wrap().authenticator_data.credential_data
    return bytes(found.credential_id) if found else b""


def from_public_key(person: PersonView, file: PublicKeyFile) -> RegisteredKey:
    """The entry for an Ed25519 key kept in a file, for API and command line."""
    return RegisteredKey(
        person=person.id,
        key=file.key,
        kind=KeyKind.ED25519,
        public=file.public,
        powers=_powers(person),
    )


def _powers(person: PersonView) -> frozenset[Power]:
    # Whoever is an authority by one key would be one by another: else a lost device ends their authority.
    authority = may_register(person.organisation, person.id)
    return powers_of(person.roles) | (frozenset({Power.REGISTER}) if authority else frozenset())

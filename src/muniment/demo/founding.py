"""The two organisations as the vault founds them: keys of all personas in a genesis entry that says demo."""

import secrets
from dataclasses import dataclass

from muniment.core import ids
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.demo.card import OrganisationCard, PersonaCard, SigningKey
from muniment.demo.personas import ORGANISATIONS, Organisation, Persona
from muniment.people.powers import powers_of
from muniment.vault import setup
from muniment.vault.authority import keyfile
from muniment.vault.authority.keyfile import PrivateKeyFile
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.keyring import UnlockedKeyring
from muniment.vault.setup import Authority


@dataclass(frozen=True)
class Founded:
    """What the other steps need of one organisation."""

    card: OrganisationCard
    personas: tuple[PersonaCard, ...]


def found(home: Home, passphrase: bytes) -> tuple[UnlockedKeyring, tuple[Founded, ...]]:
    """Make keyring and vaults in an empty home; no keeper may run yet."""
    first, *others = (_Plan(each) for each in ORGANISATIONS)
    _, keyring = setup.create_installation(
        home,
        name=first.organisation.firm.name,
        passphrase=passphrase,
        organisation=first.id,
        authorities=first.authorities(),
        keys=first.further_keys(),
        demo=True,
    )
    for plan in others:
        setup.add_organisation(
            home,
            keyring,
            name=plan.organisation.firm.name,
            organisation=plan.id,
            authorities=plan.authorities(),
            keys=plan.further_keys(),
            demo=True,
        )
    return keyring, tuple(plan.founded() for plan in (first, *others))


class _Plan:
    """One organisation with a fresh key for each of its personas."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.id = ids.new(Prefix.ORGANISATION)
        self._keys = {
            persona.key: keyfile.generate(ids.new(Prefix.PERSON)) for persona in organisation.personas
        }

    def authorities(self) -> list[Authority]:
        """The two who may change the register, with the powers of their roles besides."""
        made = []
        for persona in self.organisation.personas:
            if persona.first_authority:
                key = self._registered(persona)
                made.append(Authority(key.person, persona.writer.name, key, key.powers))
        return made

    def further_keys(self) -> list[RegisteredKey]:
        """Everybody else's keys. A key without powers can ask for nothing, and is refused by name."""
        return [self._registered(each) for each in self.organisation.personas if not each.first_authority]

    def founded(self) -> Founded:
        """Cards without links: those follow when the ports are known."""
        return Founded(
            OrganisationCard(
                key=self.organisation.key,
                name=self.organisation.firm.name,
                organisation=self.id,
                smtp="",
                journal=self.organisation.journal,
            ),
            tuple(self._card(persona) for persona in self.organisation.personas),
        )

    def _registered(self, persona: Persona) -> RegisteredKey:
        key: PrivateKeyFile = self._keys[persona.key]
        powers = powers_of(persona.roles) | ({Power.REGISTER} if persona.first_authority else set())
        return RegisteredKey(
            person=key.person,
            key=key.key,
            kind=KeyKind.ED25519,
            public=key.public.public,
            powers=powers,
            demo=True,
        )

    def _card(self, persona: Persona) -> PersonaCard:
        key = self._keys[persona.key]
        return PersonaCard(
            key=persona.key,
            name=persona.writer.name,
            title=persona.writer.title,
            organisation=self.id,
            person=key.person,
            email=persona.writer.address,
            roles=tuple(sorted(persona.roles)),
            link="",
            token=f"demo_{secrets.token_urlsafe(18)}",
            api_token=f"mun_{secrets.token_urlsafe(24)}",
            signing_key=SigningKey(key.key, key.private),
        )

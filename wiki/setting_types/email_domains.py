"""The domains whose e-mail addresses may register. Pure."""

from dataclasses import dataclass

import idna

from wiki.letters import normalize


class InvalidDomain(ValueError):
    """A text that isn't a domain."""


@dataclass(frozen=True, slots=True)
class EmailDomains:
    """Domains as they are in the DNS; `below` are those of which only subdomains are meant."""

    exact: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @classmethod
    def of(cls, written: str) -> "EmailDomains":
        """From `example.org, *.uni.et`: names between commas or spaces. Raises `InvalidDomain`."""
        exact: list[str] = []
        below: list[str] = []
        for name in written.replace(",", " ").split():
            domain = _ascii(name.removeprefix("*."))
            if domain is None or "." not in domain:
                raise InvalidDomain(name)
            (below if name.startswith("*.") else exact).append(domain)
        return cls(tuple(exact), tuple(below))

    def admit(self, address: str) -> bool:
        """Whether an e-mail address is in one of the domains."""
        local, at, name = address.rpartition("@")
        domain = _ascii(name)
        if not local or not at or domain is None:
            return False
        return domain in self.exact or any(domain.endswith(f".{parent}") for parent in self.below)

    def names(self) -> list[str]:
        """The domains as people write them."""
        return [
            *map(idna.decode, self.exact),
            *(f"*.{idna.decode(parent)}" for parent in self.below),
        ]

    def __bool__(self) -> bool:
        return bool(self.exact or self.below)

    def __str__(self) -> str:
        return ", ".join(self.names())


NO_DOMAINS = EmailDomains()


def _ascii(name: str) -> str | None:
    """A domain as in the DNS, however it is written; `None` if it can't be one."""
    try:
        return idna.encode(normalize("NFC", name.lower()), uts46=True).decode()
    except idna.IDNAError:
        return None

"""What is signed with the time, by servers whose clocks differ a little."""

from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner

LEEWAY = 60  # seconds that another server's clock may be ahead or behind


class LenientSigner(TimestampSigner):
    """Takes for fresh what was signed in the next minute, or grew too old in the last one."""

    def unsign(
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:
        """Raises `BadSignature`, and `SignatureExpired` of what is older than `max_age` seconds."""
        value, signed = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None:
            age = self.get_timestamp() - int(signed.timestamp())
            if not -LEEWAY <= age <= max_age + LEEWAY:
                raise SignatureExpired(
                    f"signed {age} seconds ago", payload=value, date_signed=signed
                )
        return (value, signed) if return_timestamp else value

"""One-time and recovery codes: how they are generated, formatted and compared. Pure functions.

One-time codes follow RFC 6238 with the parameters that every app supports: six digits, steps of
30 seconds, SHA-1.
"""

import hmac
import secrets

from wiki.letters import normalize

CLOCK_SKEW = 1  # steps that a phone's clock may be ahead or behind
STEP_SECONDS = 30
RECOVERY_CODE_COUNT = 10
_RECOVERY_LENGTH = 10  # characters of five bits
# Crockford's Base32, without the ambiguous letters i, l, o and u.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("ilo", "110")


def new_secret() -> str:
    """A random secret of 160 bits in Base32, as apps expect it."""
    import pyotp  # noqa: PLC0415  # few requests need it

    return pyotp.random_base32()


def setup_uri(secret: str, *, username: str, issuer: str) -> str:
    """The URI that a QR code contains to set up an app."""
    import pyotp  # noqa: PLC0415

    # A colon would separate the name of the wiki from that of the account.
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer.replace(":", " "))


def qr_code(uri: str) -> str:
    """A data URI with a QR code of `uri`."""
    import segno  # noqa: PLC0415

    return segno.make(uri, error="m", micro=False).svg_data_uri(dark="#000", light="#fff", border=4)


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The time step that has this code, at most `CLOCK_SKEW` from `now` (seconds since 1970), or
    `None`.
    """
    import pyotp  # noqa: PLC0415

    present, found = int(now) // STEP_SECONDS, None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(present - CLOCK_SKEW, present + CLOCK_SKEW + 1):
        if hmac.compare_digest(totp.generate_otp(max(step, 0)).encode(), code.encode()):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Random codes in display form: two groups of five characters, 50 bits each."""
    codes = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODE_COUNT)
    ]
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def clean_code(written: str) -> str:
    """A code of either kind as it is compared: lower case, without spaces and hyphens."""
    folded = normalize("NFKC", written[:64]).casefold()
    code = "".join(c for c in folded if c.isalnum())
    return code.translate(_MISREAD).encode("ascii", "replace").decode()


def is_one_time(code: str) -> bool:
    """Whether a normalized code is a one-time code rather than a recovery code."""
    return len(code) == 6 and code.isdecimal()

"""Secrets as they stand in the output of programs, drawn anew for each seed."""

import base64
import random
import string
from collections.abc import Iterator

_LETTERS = string.ascii_letters + string.digits
_WORDS = ("tiger", "Summer", "correct", "horse", "abebe", "hunter", "Addis", "winter")


def planted(seed: int) -> Iterator[tuple[str, str]]:
    """Pairs of a secret and a message that holds it."""
    chance = random.Random(seed)

    def some(count: int, signs: str = _LETTERS) -> str:
        return "".join(chance.choice(signs) for _ in range(count))

    password = f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}{chance.randrange(10, 9999)}!"
    aws = f"{chance.choice(('AKIA', 'ASIA'))}{some(16, string.ascii_uppercase + '234567')}"
    body = ".".join(some(length, _LETTERS + "-_") for length in (40, 60, 43))
    jwt = f"eyJ{body.replace('.', '.eyJ', 1)}"
    mail = (
        f"{chance.choice(_WORDS).lower()}.{some(4).lower()}@mail{chance.randrange(99)}.example.com"
    )
    address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    six = ":".join(f"{chance.randrange(0x1000, 0xFFFF):x}" for _ in range(8))
    key = base64.b64encode(chance.randbytes(48)).decode()
    phone = (
        f"+251 9{chance.randrange(10)} {chance.randrange(100, 999)} {chance.randrange(1000, 9999)}"
    )
    card = " ".join(str(chance.randrange(1000, 9999)) for _ in range(4))
    host = f"db{chance.randrange(100)}-{some(4).lower()}.corp"
    yield password, f'connect(password="{password}") failed'
    yield password, f"DB_PASSWORD={password} is not accepted"
    yield password, f"{{'user': 'x', 'password': '{password}', 'port': 5}}"
    yield password, f'{{"dbPassword":"{password}"}}'
    yield password, f"dbpassword={password} is not accepted"
    yield password, f"DBPASSWORD='{password}' is not accepted"
    yield password, f"PGPASSWORD: {password}"
    yield password, f"DBPASS={password} mytoken={password} MyApiKey={password}"
    yield password, f"mysql -u root --password {password} failed"
    yield password, f"mysql -u root --rootpassword={password} failed"
    yield password, f"could not connect to postgresql://app:{password}@{host}:5432/shop"
    yield host, f"could not connect to postgresql://app:{password}@{host}:5432/shop"
    yield host, f"could not translate host name {host} to address"
    yield password, f"redis://:{password}@cache:6379/0 is unreachable"
    yield password, f"https://jo:{password}@github.com/jo/x.git not found"
    yield aws, f"The AWS Access Key Id {aws} does not exist"
    yield aws, f"SignatureDoesNotMatch for {aws}: check it"
    yield some(3) and (secret := some(40)), f"aws_secret_access_key = {secret}"
    yield (secret := "ghp_" + some(36)), f"remote: Bad credentials {secret}"
    yield (secret := "github_pat_" + some(60)), f"fatal: token {secret} expired"
    yield (secret := "glpat-" + some(20)), f"403 for {secret}"
    yield (secret := "xoxb-" + some(24)), f"slack_sdk.errors: {secret} invalid_auth"
    yield (secret := "sk_live_" + some(24)), f"Invalid API Key provided: {secret}"
    yield (secret := "sk-proj-" + some(40)), f"Incorrect API key provided: {secret}. You can find"
    yield (secret := "AIza" + some(35)), f"API key not valid {secret}"
    yield (secret := "npm_" + some(36)), f"npm token {secret} revoked"
    yield (secret := "pypi-AgEI" + some(60)), f"403 Invalid {secret}"
    yield (secret := "nexus_" + some(40)), f"Bearer {secret} was refused"
    yield jwt, f"Signature verification failed for {jwt}"
    yield jwt, f"curl: Authorization: Bearer {jwt}"
    yield (secret := some(24)), f"Authorization: Basic {secret}=="
    yield key, f"-----BEGIN RSA PRIVATE KEY-----\n{key}\n{key}\n-----END RSA PRIVATE KEY-----"
    yield key, f"cannot parse -----BEGIN OPENSSH PRIVATE KEY-----\\n{key}"
    yield key, f"Invalid key {key} given"
    yield mail, f"User {mail} already exists"
    yield mail, f'Key (email)=({mail}) already exists in "{mail}"'
    yield address, f"connection to {address} timed out"
    yield address, f"HTTPConnectionPool(host='{address}', port=80)"
    yield six, f"cannot reach [{six}]:443"
    yield phone, f"SMS to {phone} was refused"
    yield card, f"card {card} was declined"
    yield (secret := f"{chance.getrandbits(256):064x}"), f"SECRET {secret} is weak"
    yield (secret := some(32)), f"session {secret} has expired"
    yield (secret := some(32)), f"https://api.example.com/v1?token={secret}&x=1 answered 500"
    yield (secret := some(12)), f"Set-Cookie: sessionid={secret}; Path=/"
    yield (secret := some(30)), f"discord.com/api/webhooks/{chance.randrange(10**17)}/{secret} gone"
    yield "selamawit", "open /home/selamawit/thesis/data.csv: no such file"
    yield "selamawit", r"open C:\Users\selamawit\thesis\data.csv: no such file"
    yield "Selamawit T", r"open C:\Users\Selamawit T\thesis\data.csv: no such file"
    yield "selamawit", "open ~selamawit/x.csv or /Users/selamawit/y.csv"
    yield "secret-project", "cannot open /srv/secret-project/plan.pdf"
    yield "fileserver", r"cannot open \\fileserver\share\plan.pdf"
    yield "machine-of-jo", "machine-of-jo: command failed"
    yield "johanna", "role johanna does not exist, Johanna"
    yield "swordfish", "it was swordfish all along"
    yield from _of_commands(password)
    yield from _of_assertions()
    yield from _of_accounts(password, f"db{chance.randrange(100)}-{some(4).lower()}")


def _of_commands(password: str) -> Iterator[tuple[str, str]]:
    """Secrets among the arguments of a command, as programs print a command that failed."""
    yield password, f"Command failed: mysql -u root -p{password} shop"
    yield password, f"Command failed with exit code 1: curl -u admin:{password} https://x.example"
    yield password, f"could not run mysqldump -uroot -p{password} shop"
    yield password, f"docker login -u me -p {password} refused"
    yield password, f"redis-cli -a {password} ping refused"
    yield password, f"Command [mysql, --password, {password}, shop] failed"
    yield password, f"Command '['mysql', '--password', '{password}', 'shop']' returned status 1"
    yield password, f"Command '['curl', '-u', 'admin:{password}', 'x']' returned status 22"
    yield password, f"cannot log in: jdbc:oracle:thin:scott/{password}@//db:1521/x"
    yield password, f"The API key {password} was refused"
    yield password, f"Invalid access token provided: {password}"
    yield "QRST-UVWX", "the recovery code QRST-UVWX-YZAB was used"


def _of_assertions() -> Iterator[tuple[str, str]]:
    """Lines of one's own code."""
    yield "total_of_cart", "assert total_of_cart(3) == 4"
    yield "total_of_cart", "assertion failed: total_of_cart(3) == 4"
    yield "total_of_cart", "prog: x.c:3: main: Assertion `total_of_cart(3) == 4' failed."


def _of_accounts(password: str, host: str) -> Iterator[tuple[str, str]]:
    """Hosts, accounts and people that a message names without quoting them."""
    yield host, f"getaddrinfo ENOTFOUND {host}"
    yield host, f"dial tcp: lookup {host} on 10.0.0.2:53: no such host"
    yield host, f"Could not resolve host: {host}"
    yield host, f"connect to host {host} port 22: Connection refused"
    yield host, f"Error -2 connecting to {host}:6379. Name or service not known"
    yield host, f'connection to server at "{host}" (10.2.3.4), port 5432 failed'
    yield host, f"bad settings {{User:bekele Password:{password} Host:{host} Port:5432}}"
    yield "bekele", f"bad settings {{User:bekele Password:{password} Host:{host} Port:5432}}"
    yield "Selam Bekele", f"bad User[name=Selam Bekele, password={password}]"
    yield "Selam Bekele", "cannot write to Selam Bekele <selam@example.com>"
    yield "bekele", "Permission to shop/site.git denied to bekele."
    yield "bekele", "User: arn:aws:iam::123456789012:user/bekele is not authorized to perform: s3"
    yield "plans-of-b", "no access to arn:aws:s3:::plans-of-b because of no policy"
    yield "bekele", r"the user SHOP\bekele has no access"
    yield "bekele", "user bekele does not exist"
    yield "8F3K2L1", "DESKTOP-8F3K2L1 is unreachable"
    yield "10-0-3-4", "node ip-10-0-3-4 is not ready"
    yield "001a.2b3c.4d5e", "no route to 001a.2b3c.4d5e"
    yield "NWBK", "account GB29 NWBK 6016 1331 9268 19 was refused"
    yield "site-of-b", "cannot read git@github.com:bekele/site-of-b.git"

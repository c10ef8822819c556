"""Who a program acts for, and the short sessions it may begin."""

from typing import Annotated, Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, Moment, ResponseModel

Scopes = Literal["read", "write", "admin"]
Secret = Annotated[str, Field(max_length=1000)]


class NewSession(BodyModel):
    """With an access token in the header nothing else is needed; else a name and a password."""

    username: Line = Field(default="", description="Or the e-mail address")
    password: Secret = ""
    code: Secret = Field(default="", description="Of the second factor, for who has one")
    scope: Scopes = Field(default="read", description="No more than the access token has")


class SessionToken(ResponseModel):
    token: str = Field(description="Send it as `Authorization: Bearer …`")
    expires_at: Moment
    scope: Scopes


class OwnAccount(ResponseModel):
    """Whom the request is made for; nobody without a token."""

    username: str | None
    role: str | None
    scope: str | None = Field(description="That of the token")

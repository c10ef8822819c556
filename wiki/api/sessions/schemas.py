"""Request and response models of sessions."""

from typing import Annotated, Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, Moment, ResponseModel

Scopes = Literal["read", "write", "admin"]
Secret = Annotated[str, Field(max_length=1000)]


class NewSession(BodyModel):
    """Empty if the header carries an access token; otherwise a username and password."""

    username: Line = Field(default="", description="The username or e-mail address")
    password: Secret = ""
    code: Secret = Field(
        default="", description="The code of the second factor, if the account has one"
    )
    scope: Scopes = Field(default="read", description="At most the scope of the access token")


class SessionToken(ResponseModel):
    token: str = Field(description="Send it as `Authorization: Bearer …`")
    expires_at: Moment
    scope: Scopes


class OwnAccount(ResponseModel):
    """The account that the request is made for; empty without a token."""

    username: str | None
    role: str | None
    scope: str | None = Field(description="The scope of the token")

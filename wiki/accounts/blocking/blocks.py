"""Blocking people and networks, and finding active blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.blocking.models import Block, is_active
from wiki.accounts.models import Role, User
from wiki.accounts.users import revoke_invitations_by, user_by_name
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.rate_limits.keys import Address

Network: TypeAlias = IPv4Network | IPv6Network

register_actions({"blocked": _l("Blocked"), "unblocked": _l("Block lifted")})


class BlockRefused(ValueError):
    """`reason` is `unknown` (no such user or network), `self`, `admin`, `own-address` or
    `loopback`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BlockNotFound(LookupError):
    """There is no block with this number."""


class Blocked(PermissionError):
    """The client may not write; `block` says why and until when."""

    def __init__(self, block: Block) -> None:
        super().__init__(block.id)
        self.block = block


def add_block(
    target: str, reason: str, term: timedelta | None, *, by: int | None, own_address: Address | None
) -> Block:
    """Block a user by name, or a network such as `192.0.2.7` or `2001:db8::/32`.

    If a username looks like an address, the user is meant; add `/32` to mean the address.
    Blocking a user revokes their invitations, which could get them another account.
    `own_address` is the address of whoever blocks. Raises `BlockRefused`.
    """
    with write_transaction() as session:
        block = Block(reason=reason, made_by_id=by, ends_at=utcnow() + term if term else None)
        network = parse_network(target) if user_by_name(target.strip()) is None else None
        if network is None:
            block.user_id = _checked_user(target, by=by).id
            revoke_invitations_by(session, block.user_id, by=by)
        else:
            _check_network(network, own_address)
            block.network = str(network)
        session.add(block)
        session.flush()
        subject = f"{network}: {reason}" if network else reason
        log_event(session, "blocked", by=by, about=block.user_id, subject=subject)
        return block


def parse_network(text: str) -> Network | None:
    """A network or a single address; `None` for anything else, such as a name."""
    if "%" in text:  # a zone id names a local interface, and may have any length
        return None
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    # Requests from IPv4-mapped addresses count as IPv4.
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96), strict=False)
    return network


def _checked_user(name: str, *, by: int | None) -> User:
    user = user_by_name(name.strip())
    if user is None:
        raise BlockRefused("unknown")
    if user.id == by:
        raise BlockRefused("self")
    if user.role == Role.ADMIN:
        raise BlockRefused("admin")
    return user


def _check_network(network: Network, own_address: Address | None) -> None:
    if network.overlaps(_loopback_of(network)):
        raise BlockRefused("loopback")
    if own_address is not None and own_address in network:
        raise BlockRefused("own-address")


def _loopback_of(network: Network) -> Network:
    return IPv4Network("127.0.0.0/8") if network.version == 4 else IPv6Network("::1/128")


@dataclass(frozen=True, slots=True)
class LiftedBlock:
    """The target of a lifted block, and another block that still affects it, if any."""

    target: str
    still: str | None


def lift_block(number: int, *, by: int | None) -> LiftedBlock:
    """End a block now; an expired one stays unchanged. Raises `BlockNotFound`."""
    with write_transaction() as session:
        query = select(Block).where(Block.id == number).options(joinedload(Block.user))
        block: Block | None = session.scalar(query)
        if block is None:
            raise BlockNotFound(number)
        if block.state == "active":
            block.lifted_at = utcnow()
            subject = block.network or ""
            log_event(session, "unblocked", by=by, about=block.user_id, subject=subject)
            session.flush()
        return LiftedBlock(block.target, _still_blocked(session, block))


def _still_blocked(session: Session, lifted: Block) -> str | None:
    if lifted.user_id is not None:
        return lifted.target if block_of_user(lifted.user_id, session) else None
    network = ip_network(str(lifted.network))
    ranges = session.scalars(select(Block.network).where(Block.network.is_not(None), is_active()))
    return next((str(each) for each in ranges if network.overlaps(ip_network(str(each)))), None)


def list_blocks(*, offset: int = 0, limit: int | None = None) -> Sequence[Block]:
    """All blocks with their users, newest first."""
    query = select(Block).options(joinedload(Block.user), joinedload(Block.made_by))
    return db.session.scalars(query.order_by(Block.id.desc()).offset(offset).limit(limit)).all()


def count_blocks() -> int:
    """The number of all blocks."""
    return db.session.scalar(select(func.count()).select_from(Block)) or 0


def block_of_user(user_id: int, session: Session | None = None) -> Block | None:
    """The active block of a user that lasts longest, or `None`."""
    query = select(Block).where(Block.user_id == user_id, is_active())
    forever_first = (Block.ends_at.is_not(None), Block.ends_at.desc())
    block: Block | None = (session or db.session).scalar(query.order_by(*forever_first).limit(1))
    return block


def block_of_address(address: Address | None) -> Block | None:
    """An active block of a network that contains this address, or `None`."""
    if address is None:
        return None
    ranges = db.session.scalars(select(Block).where(Block.network.is_not(None), is_active()))
    return next((block for block in ranges if address in ip_network(str(block.network))), None)

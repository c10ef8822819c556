"""The name under which people know this wiki, its tagline, logo and welcome."""

from wiki.identity.current import Identity, Logo, current_identity, forget_identity, init_app

__all__ = ["Identity", "Logo", "current_identity", "forget_identity", "init_app"]

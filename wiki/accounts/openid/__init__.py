"""Signing in with an OpenID Connect provider. Source: OpenID Connect Core 1.0."""

"""Signing in by a provider of OpenID Connect. Source: OpenID Connect Core 1.0."""

"""asyncua offers every kind of user on every endpoint, also where nothing is encrypted, and has all policies by default (2.1.0)."""

from __future__ import annotations

from asyncua import Server, ua

from skelp_languages.opcua.upstream.callers import Rules

ENCRYPTED = (ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt, ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt)


def offer(server: Server, rules: Rules, *, anonymous: bool, no_security: bool) -> None:
    """Offer the encrypted policies, to users with a name; `anonymous`, `no_security`: and what they say. Before the server starts."""
    server.allow_remote_admin(False)  # by default whoever is called "admin" is one, with any password
    server.set_identity_tokens([ua.UserNameIdentityToken, *([ua.AnonymousIdentityToken] if anonymous else [])])
    policies = [*ENCRYPTED, *([ua.SecurityPolicyType.NoSecurity] if no_security else [])]
    server.set_security_policy(policies, permission_ruleset=rules)


def take_names_off_the_open_endpoint(server: Server) -> None:
    """Say that nobody can give a name and a password where nothing is encrypted. When the server has started."""
    for endpoint in server.iserver.endpoints:
        if endpoint.SecurityMode == ua.MessageSecurityMode.None_:
            kinds = endpoint.UserIdentityTokens
            endpoint.UserIdentityTokens = [kind for kind in kinds if kind.TokenType == ua.UserTokenType.Anonymous]

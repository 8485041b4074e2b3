//! Signing in by OpenID Connect: discovery, authorization code with PKCE, verified claims. No roles and no sessions here: they belong to `engine`.

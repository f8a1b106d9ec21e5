"""OpenID Connect as the Finnish Trust Network's brokers speak it, from a relying party's side."""

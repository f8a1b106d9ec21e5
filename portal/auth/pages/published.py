"""What brokers fetch from us: our public keys, plain and vouched for, and our entity statement."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.auth.identification import Identification
from portal.auth.oidc import statements

KEPT = {"Cache-Control": "public, max-age=300"}


async def key_set(identification: Identification, request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
    """The JWK set with our sig and enc keys."""
    facts = identification.facts
    return JSONResponse(identification.keys.published(facts.encryption_alg, facts.signing_algs), headers=KEPT)


async def signed_key_set(identification: Identification, request: Request) -> Response:  # noqa: ARG001
    """The same set, signed with the entity key."""
    token = statements.signed_jwks(identification.keys, identification.facts, identification.now())
    return Response(token, media_type="application/jwk-set+jwt", headers=KEPT)


async def statement(identification: Identification, request: Request) -> Response:  # noqa: ARG001
    """Who we are and how we speak, signed with the entity key."""
    token = statements.entity_statement(identification.keys, identification.facts, identification.now())
    return Response(token, media_type="application/entity-statement+jwt", headers=KEPT)

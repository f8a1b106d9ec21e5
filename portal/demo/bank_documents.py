"""What the test bank publishes: where its endpoints are, its keys, and the wall to embed."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from portal.demo.bank_memory import BANKS, LEVEL, Bank
from portal.demo.bank_mischief import STRANGER, Mischief
from portal.kit.i18n import choose, text

HANGS_S = 60.0
HUGE = b" " * 300_000
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"

PROVIDER = text("The identification is provided by the test bank of this demo.")
CONSENT = text("Your name and personal identity code are passed on to the service.")
PRIVACY = text("Privacy notice of the test bank")
NOTICE = text("The test bank knows only invented people and keeps nothing about anybody.")
DISTURBED = text("There is a disruption at the Ridge Bank")
DISTURBANCE = text("Some identifications are interrupted. Choose another method or try again later.")


async def discovery(bank: Bank, request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
    """Where everything is (OpenID Connect Discovery 1.0, 3)."""
    if Mischief.DISCOVERY_DOWN in bank.mischief:
        return PlainTextResponse("down", 503)
    if Mischief.DISCOVERY_HUGE in bank.mischief:
        return Response(HUGE)
    if Mischief.DISCOVERY_REDIRECTS in bank.mischief:
        return RedirectResponse(f"{bank.issuer}/elsewhere")
    return JSONResponse(
        {
            "issuer": STRANGER if Mischief.DISCOVERY_OTHER_ISSUER in bank.mischief else bank.issuer,
            "authorization_endpoint": f"{bank.issuer}/authorize",
            "token_endpoint": f"{bank.issuer}/token",
            "pushed_authorization_request_endpoint": f"{bank.issuer}/par",
            "jwks_uri": f"{bank.issuer}/jwks",
            "signed_jwks_uri": f"{bank.issuer}/signed-jwks",
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "acr_values_supported": [LEVEL],
            "request_parameter_supported": True,
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
            "request_object_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
            "id_token_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "id_token_encryption_enc_values_supported": ["A128CBC-HS256"],
        }
    )


async def jwks(bank: Bank, request: Request) -> Response:  # noqa: ARG001
    """The signing keys."""
    if Mischief.KEYS_DOWN in bank.mischief:
        return PlainTextResponse("down", 503)
    if Mischief.KEYS_STRANGE in bank.mischief:
        return JSONResponse({"keys": [7, {"kty": "oct", "k": "AAAA", "kid": "x"}, {"kty": "RSA", "kid": "y"}]})
    return JSONResponse(bank.keys.published())


async def signed_jwks(bank: Bank, request: Request) -> Response:  # noqa: ARG001
    """The signing keys, vouched for by the entity key."""
    return Response(bank.keys.signed(bank.now(), bank.mischief), media_type="application/jwk-set+jwt")


async def statement(bank: Bank, request: Request) -> Response:  # noqa: ARG001
    """The entity statement."""
    return Response(bank.keys.statement(bank.now()), media_type="application/entity-statement+jwt")


async def wall(bank: Bank, request: Request) -> Response:
    """The embedded wall, in the form of OP's API."""
    if Mischief.WALL_HANGS in bank.mischief:
        await asyncio.sleep(HANGS_S)
    if Mischief.WALL_DOWN in bank.mischief or request.path_params["client_id"] not in bank.clients:
        return PlainTextResponse("not found", 404)
    language = choose(request.query_params.get("lang"), None)
    said: dict[str, object] = {
        "identityProviders": [
            {"name": names[language], "imageUrl": f"{bank.issuer}/{method}.png", "ftn_idp_id": method}
            for method, names in BANKS.items()
        ],
        "isbProviderInfo": PROVIDER.said(language),
        "isbConsent": CONSENT.said(language),
        "privacyNoticeText": PRIVACY.said(language),
        "privacyNoticeLink": f"{bank.issuer}/privacy-info?lang={language}",
    }
    if Mischief.WALL_DISTURBED in bank.mischief:
        said["disturbanceInfo"] = {"header": DISTURBED.said(language), "text": DISTURBANCE.said(language)}
    if Mischief.WALL_HOSTILE in bank.mischief:
        said |= {"isbProviderInfo": MARKUP, "privacyNoticeLink": "javascript:alert(1)"}
        said["disturbanceInfo"] = {"header": MARKUP, "text": MARKUP}
    return JSONResponse(said)


async def privacy(bank: Bank, request: Request) -> Response:  # noqa: ARG001
    """A privacy notice that says what there is to say."""
    return PlainTextResponse(NOTICE.said(choose(request.query_params.get("lang"), None)))

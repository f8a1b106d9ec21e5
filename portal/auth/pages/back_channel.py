"""A broker tells us that somebody has signed out there, from server to server: their sessions of it end here too.

No browser comes here and no cookie is read: what is sent is signed by the broker and encrypted for us, and good once.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.auth import actions
from portal.auth.identification import Broker, Identification
from portal.auth.oidc.logout import SignedOut
from portal.auth.reasons import Reason, Stopped, demand
from portal.kit.headers import exchange
from portal.kit.rates import Turnstile, retry_after_s
from portal.kit.web import Platform, address_of, in_thread, platform_of

LONGEST_TOKEN = 65_536
MOST_FIELDS = 20
UNKEPT = {"Cache-Control": "no-store"}  # OpenID Connect Back-Channel Logout 1.0, 2.8


async def told(identification: Identification, turnstile: Turnstile, request: Request) -> Response:
    """End the sessions that a broker's logout token means: 200, or 400 for one that is not believed."""
    broker = identification.offering_logout(request.path_params["profile"])
    if broker is None:
        return Response(status_code=404)
    if wait_s := turnstile.wait_s(address_of(request)):
        return Response(status_code=429, headers=retry_after_s(wait_s))
    platform = platform_of(request)
    try:
        signed_out = await broker.party.signed_out(await _token(request))
        await in_thread(platform, _end, platform, signed_out, broker)
    except Stopped as stopped:
        exchange(request.scope).notes["reason"] = stopped.reason
        return JSONResponse({"error": "invalid_request"}, 400, UNKEPT)
    return Response(headers=UNKEPT)


async def _token(request: Request) -> str:
    """The one logout token that was sent. Raises Stopped."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    said = [field for field in form.getlist("logout_token") if isinstance(field, str)]
    demand(len(said) == 1 and len(said[0]) <= LONGEST_TOKEN, Reason.PARAMETERS)
    return said[0]


def _end(platform: Platform, signed_out: SignedOut, broker: Broker) -> None:
    with platform.database.writing() as db:
        actions.end_by_broker(db, signed_out, broker.name, platform.now())

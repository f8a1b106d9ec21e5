"""The pages of identification: to the bank, back from it, out again; and what we publish for brokers."""

from functools import partial

from starlette.routing import Route

from portal.auth.desk import Desk
from portal.auth.pages import back, clock, out, published, there
from portal.auth.people import anyone, customer
from portal.kit.rates import Turnstile
from portal.kit.web import bare, flow


def routes(desk: Desk, turnstile: Turnstile) -> list[Route]:
    """Every address of identification; journeys to the bank begin through a turnstile."""
    return [
        flow("/sign-in", partial(there.sign_in, desk), who=anyone),
        flow("/sign-in/bank", partial(there.to_bank, desk, turnstile), who=anyone, method="POST"),
        flow("/confirm", partial(there.confirm, desk), who=customer),
        flow("/confirm/bank", partial(there.to_bank_again, desk, turnstile), who=customer, method="POST"),
        *(flow(broker.return_path, partial(back.come_back, desk, broker), who=anyone) for broker in desk.brokers),
        bare("/session", clock.ask, who=anyone),
        bare("/session", clock.use, who=anyone, method="POST"),
        bare("/session/form", clock.leave, who=anyone, method="POST"),
        bare("/sign-out", out.sign_out, who=anyone, method="POST"),
        bare("/.well-known/jwks.json", partial(published.key_set, desk), who=anyone),
        bare("/.well-known/openid-federation", partial(published.statement, desk), who=anyone),
        bare("/oidc/signed-jwks", partial(published.signed_key_set, desk), who=anyone),
    ]

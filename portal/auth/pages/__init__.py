"""The pages of identification: to the bank, back from it, out again; and what we publish for brokers."""

from functools import partial

from starlette.routing import Route

from portal.auth.identification import Identification
from portal.auth.pages import clock, password, published, sign_in, sign_in_return, sign_out
from portal.auth.people import anyone, user
from portal.auth.ways import password as by_password
from portal.auth.ways.password import Passwords
from portal.kit.rates import Turnstile
from portal.kit.web import bare, flow


def routes(identification: Identification, turnstile: Turnstile, passwords: Passwords | None = None) -> list[Route]:
    """Every address of identification; journeys to the bank begin through a turnstile."""
    return [
        flow("/sign-in", partial(sign_in.sign_in, identification), who=anyone),
        *(_of_passwords(passwords) if passwords else ()),
        flow("/sign-in/bank", partial(sign_in.to_bank, identification, turnstile), who=anyone, method="POST"),
        flow("/confirm", partial(sign_in.confirm, identification), who=user),
        flow("/confirm/bank", partial(sign_in.to_bank_again, identification, turnstile), who=user, method="POST"),
        *(
            flow(broker.return_path, partial(sign_in_return.come_back, identification, broker), who=anyone)
            for broker in identification.brokers
        ),
        bare("/session", clock.ask, who=anyone),
        bare("/session", clock.use, who=anyone, method="POST"),
        bare("/session/form", clock.leave, who=anyone, method="POST"),
        bare("/sign-out", sign_out.sign_out, who=anyone, method="POST"),
        bare("/.well-known/jwks.json", partial(published.key_set, identification), who=anyone),
        bare("/.well-known/openid-federation", partial(published.statement, identification), who=anyone),
        bare("/oidc/signed-jwks", partial(published.signed_key_set, identification), who=anyone),
    ]


def _of_passwords(passwords: Passwords) -> list[Route]:
    return [
        flow(by_password.ADDRESS, password.show, who=anyone),
        flow(by_password.ADDRESS, partial(password.sign_in, passwords), who=anyone, method="POST"),
    ]

"""The pages of identification: to the bank, back from it, out again; and what we publish for brokers."""

from functools import partial

from starlette.routing import Route

from portal.auth.identification import BACK_CHANNEL, Identification
from portal.auth.pages import back_channel, clock, passkey, password, published, sign_in, sign_in_return, sign_out
from portal.auth.people import anyone, user
from portal.auth.ways import passkey as by_passkey
from portal.auth.ways import password as by_password
from portal.auth.ways.passkey import Passkeys
from portal.auth.ways.password import Passwords
from portal.kit.rates import Turnstile
from portal.kit.web import bare, called, flow


def routes(identification: Identification, turnstile: Turnstile, logouts: Turnstile) -> list[Route]:
    """Every address of identification; journeys to the bank begin by a turnstile, brokers' logouts come by another."""
    return [
        flow("/sign-in", partial(sign_in.sign_in, identification), who=anyone),
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
        called(f"{BACK_CHANNEL}/{{profile}}", partial(back_channel.told, identification, logouts), who=anyone),
        bare("/sign-out", sign_out.sign_out, who=anyone, method="POST"),
        bare("/.well-known/jwks.json", partial(published.key_set, identification), who=anyone),
        bare("/.well-known/openid-federation", partial(published.statement, identification), who=anyone),
        bare("/oidc/signed-jwks", partial(published.signed_key_set, identification), who=anyone),
    ]


def of_password(passwords: Passwords) -> list[Route]:
    """The addresses at which one signs in by a password."""
    return [
        flow(by_password.ADDRESS, password.show, who=anyone),
        flow(by_password.ADDRESS, partial(password.sign_in, passwords), who=anyone, method="POST"),
    ]


def of_passkeys(passkeys: Passkeys, turnstile: Turnstile) -> list[Route]:
    """The addresses at which one signs in by a passkey; challenges come through a turnstile."""
    begin = partial(passkey.begin, passkeys, turnstile)
    return [
        flow(by_passkey.ADDRESS, passkey.show, who=anyone),
        flow(f"{by_passkey.ADDRESS}/begin", begin, who=anyone, method="POST"),
        flow(by_passkey.ADDRESS, partial(passkey.sign_in, passkeys), who=anyone, method="POST"),
    ]

"""What brokers publish: looked at closely, kept for a while, asked for again only now and then."""

import json
from datetime import timedelta

import anyio
import pytest
from joserfc import jwt

from portal.auth.brokers import Request
from portal.auth.oidc import broker
from portal.auth.oidc.keys import new_key, public
from portal.auth.oidc.remembered import Lifetime, Remembered
from portal.auth.reasons import Reason
from portal.demo.bank_mischief import Mischief
from portal.kit.outgoing import Unreachable
from tests.bank import BANK, NOON, PROFILE, bank_keys

pytestmark = pytest.mark.anyio

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def test_everything_is_fetched_once_for_many(world):
    for _ in range(3):
        await world.visitor().sign_in()
    fetched = [call for call in world.calls if not call.endswith("/token")]
    assert sorted(fetched) == [
        f"{BANK}/.well-known/openid-configuration",
        f"{BANK}/api/embedded-ui/portal?lang=fi",
        f"{BANK}/jwks",
    ]


@pytest.mark.parametrize(
    "how",
    [
        Mischief.DISCOVERY_DOWN,
        Mischief.DISCOVERY_OTHER_ISSUER,
        Mischief.DISCOVERY_HUGE,
        Mischief.DISCOVERY_REDIRECTS,
    ],
)
async def test_nobody_leaves_for_a_bank_that_is_down_or_another(world, visitor, requests_log, how):
    """Among them oidcc-client-test-discovery-issuer-mismatch."""
    world.bank.misbehave(how)
    stayed = await visitor.leave(then="/invoices/1")
    assert stayed.status_code == 503
    assert requests_log.reason() == Reason.BROKER_DOWN
    assert "Emme saa juuri nyt yhteyttä tunnistuspalveluun" in stayed.text
    assert 'name="next" value="/invoices/1"' in stayed.text
    assert world.journeys == []


async def test_a_bank_that_came_back_is_tried_again(world, visitor):
    world.bank.misbehave(Mischief.DISCOVERY_DOWN)
    assert (await visitor.leave()).status_code == 503
    world.bank.misbehave()
    assert (await visitor.leave()).status_code == 503, "not asked again at once"
    world.clock.forward(seconds=10)
    assert (await visitor.leave()).status_code == 303


@pytest.mark.parametrize("how", [Mischief.PUSH_FAILS, Mischief.PUSH_STRANGE])
async def test_where_the_request_cannot_be_pushed_one_stays(world, requests_log, how):
    world = world.with_profile(request=Request.PAR)
    world.bank.misbehave(how)
    stayed = await world.visitor().leave()
    assert stayed.status_code == 503
    assert requests_log.reason() == Reason.PUSH
    assert world.journeys == []


@pytest.mark.parametrize("how", [Mischief.KEYS_DOWN, Mischief.KEYS_STRANGE])
async def test_without_usable_keys_nobody_comes_in(world, visitor, how):
    world.bank.misbehave(how)
    assert (await visitor.sign_in()).status_code == 400
    assert world.sessions == []


@pytest.mark.parametrize(
    "how", [Mischief.SIGNED_KEYS_BY_STRANGER, Mischief.SIGNED_KEYS_OF_STRANGER, Mischief.SIGNED_KEYS_EXPIRED]
)
async def test_a_key_set_that_nobody_vouches_for_is_not_used(world, requests_log, how):
    pinned = {"signed_jwks_uri": f"{BANK}/signed-jwks", "entity_key": bank_keys().entity_jwk()}
    world = world.with_profile(**pinned)
    world.bank.misbehave(how)
    assert (await world.visitor().sign_in()).status_code == 400
    assert requests_log.reason() == Reason.BROKER_DOWN


async def test_where_an_entity_key_is_pinned_the_plain_key_set_is_never_asked_for(world):
    pinned = {"signed_jwks_uri": f"{BANK}/signed-jwks", "entity_key": bank_keys().entity_jwk()}
    world = world.with_profile(**pinned)
    await world.visitor().sign_in()
    assert f"{BANK}/jwks" not in world.calls
    assert f"{BANK}/.well-known/openid-federation" not in world.calls


async def test_oidcc_client_test_signing_key_rotation(world):
    """A new key is looked for once a minute at most, so that nobody can make us ask for keys without end."""
    await world.visitor().sign_in()
    world.bank.keys.rotate()
    assert (await world.visitor().sign_in()).status_code == 303
    world.bank.keys.rotate()
    assert (await world.visitor().sign_in()).status_code == 400
    world.clock.forward(minutes=1)
    assert (await world.visitor().sign_in()).status_code == 303
    assert world.calls.count(f"{BANK}/jwks") == 3


async def test_old_keys_serve_for_a_day_more_while_the_key_set_is_down(world):
    await world.visitor().sign_in()
    world.bank.misbehave(Mischief.KEYS_DOWN)
    world.clock.forward(hours=47)
    assert (await world.visitor().sign_in()).status_code == 303
    world.clock.forward(hours=1)
    assert (await world.visitor().sign_in()).status_code == 400


# Pure readings


def test_keys_that_are_not_for_this_are_passed_over():
    good, private = new_key(), new_key()
    listed = [
        public(good, "sig", "RS256"),
        public(new_key(), "enc", "RSA-OAEP") | {"kid": "enc"},
        public(new_key(), "sig", "RS384") | {"kid": "alg"},
        {"kty": "EC", "kid": "ec", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "short", "n": "wNIB", "e": "AQAB"},
        {"kty": "RSA", "kid": "broken", "n": "!" * 400, "e": "AQAB"},
        {"kty": "RSA", "n": "no id", "e": "AQAB"},
        private.as_dict(private=True) | {"kid": "private"},
        "text",
        None,
    ]
    found = broker.keys(PROFILE, json.dumps({"keys": listed}).encode(), NOON)
    assert set(found) == {good.thumbprint(), "private"}
    assert not found["private"].is_private


@pytest.mark.parametrize(
    ("issued", "expires", "is_valid"),
    [(-0.5, 60.5, True), (0.0, 0.5, True), (-60, -20.5, False), ("0", 60, False), (True, 60, False), (0, None, False)],
)
def test_a_signed_key_set_holds_by_the_value_of_its_times(issued, expires, is_valid):
    now, keys = NOON.timestamp(), bank_keys()
    times = {
        name: now + said if type(said) in (int, float) else said for name, said in (("iat", issued), ("exp", expires))
    }
    said = {"iss": BANK, "sub": BANK, **times, **keys.published()}
    document = jwt.encode({"alg": "RS256", "typ": "jwk-set+jwt"}, said, keys.entity).encode()
    pinned = PROFILE.model_copy(update={"entity_key": keys.entity_jwk()})
    if is_valid:
        assert set(broker.keys(pinned, document, NOON)) == {keys.signing.kid}
    else:
        with pytest.raises(Unreachable):
            broker.keys(pinned, document, NOON)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 1}', b"\xff", b"[" * 10_000, b'{"keys":'])
def test_what_is_no_key_set_is_refused(document):
    with pytest.raises(Unreachable):
        broker.keys(PROFILE, document, NOON)


ENDPOINTS = {
    "issuer": BANK,
    "authorization_endpoint": f"{BANK}/a",
    "token_endpoint": f"{BANK}/t",
    "jwks_uri": f"{BANK}/j",
}


ODD = (
    *("https://[bank.test/x", "https://bank.test:abc/x", "https://bank.test:99999/x", "https://bank.test/x y"),
    *("https://bank.test/\x00", "https://bank.test/x\n", "https://bank.test/ä", "https://u:p@bank.test/x"),
)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("value", [None, 7, "", "/relative", "ftp://bank.test", "http://bank.test", "https://", *ODD])
def test_an_endpoint_must_be_an_https_address(name, value):
    profile = PROFILE.model_copy(update={"allow_http": False})
    with pytest.raises(Unreachable):
        broker.metadata(profile, json.dumps(ENDPOINTS | {name: value}).encode())


def test_no_endpoint_is_called_at_a_host_that_the_profile_does_not_know():
    elsewhere = json.dumps(ENDPOINTS | {"token_endpoint": "https://token.example/t"}).encode()
    with pytest.raises(Unreachable, match=r"token\.example, which its endpoint_hosts"):
        broker.metadata(PROFILE, elsewhere)
    wider = PROFILE.model_copy(update={"endpoint_hosts": ("token.example",)})
    assert broker.metadata(wider, elsewhere).token_endpoint == "https://token.example/t"


def test_what_the_profile_gives_comes_before_what_the_broker_says():
    profile = PROFILE.model_copy(update={"token_endpoint": "https://fixed.example/t"})
    found = broker.metadata(profile, json.dumps(ENDPOINTS).encode())
    assert found.token_endpoint == "https://fixed.example/t"
    assert found.authorization_endpoint == f"{BANK}/a"


@pytest.mark.parametrize("issuer", [f"{BANK}/", "https://stranger.example", None, [BANK]])
def test_oidcc_client_test_discovery_issuer_mismatch(issuer):
    with pytest.raises(Unreachable):
        broker.metadata(PROFILE, json.dumps(ENDPOINTS | {"issuer": issuer}).encode())


# What is remembered


class Server:
    """Says how often it has been asked, or nothing."""

    def __init__(self):
        self.asked, self.is_down = 0, False

    async def __call__(self):
        self.asked += 1
        await anyio.lowlevel.checkpoint()
        if self.is_down:
            raise Unreachable
        return [self.asked]


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def remembered(server, clock):
    return Remembered(server, Lifetime(fresh=HOUR, stale=DAY, retry=10 * MINUTE), clock)


async def test_many_who_ask_at_once_make_one_call(server, remembered):
    async with anyio.create_task_group() as all_at_once:
        for _ in range(20):
            all_at_once.start_soon(remembered.get)
    assert server.asked == 1


async def test_an_answer_is_fetched_anew_when_it_is_no_longer_fresh(clock, remembered):
    assert await remembered.get() == [1]
    clock.forward(minutes=59)
    assert await remembered.get() == [1]
    clock.forward(minutes=1)
    assert await remembered.get() == [2]


async def test_a_stale_answer_serves_until_it_is_too_old(clock, server, remembered):
    await remembered.get()
    server.is_down = True
    clock.forward(hours=24)
    assert await remembered.get() == [1]
    clock.forward(hours=1)
    with pytest.raises(Unreachable):
        await remembered.get()


async def test_a_server_that_is_down_is_not_asked_at_every_visit(clock, server, remembered):
    server.is_down = True
    for _ in range(5):
        with pytest.raises(Unreachable):
            await remembered.get()
    assert server.asked == 1
    server.is_down = False
    clock.forward(minutes=10)
    assert await remembered.get() == [2]


async def test_a_newer_answer_is_fetched_once_a_minute_at_most(clock, server, remembered):
    first = await remembered.get()
    second = await remembered.newer(first)
    assert (first, second) == ([1], [2])
    assert await remembered.newer(second) == [2]
    clock.forward(minutes=1)
    assert await remembered.newer(second) == [3]
    assert await remembered.newer(second) == [3], "somebody else has fetched it already"
    assert server.asked == 3

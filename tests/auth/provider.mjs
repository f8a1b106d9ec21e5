// An OpenID Provider that is not ours (oidc-provider, certified by the OpenID Foundation), set up as a broker of the
// Finnish Trust Network: signed requests only, private_key_jwt, encrypted ID tokens. Whoever comes is Aino.
// Reads {"clients": [{...}]} from standard input and prints its issuer. A client whose tokens are bound by DPoP it serves by
// FAPI 2.0: pushed requests, assertions made out to the issuer alone, proofs with a nonce of its own. What it would post to
// sign Aino out of a client, it hands to whoever asks for /test/sign-out.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import Provider from "oidc-provider";

const LEVEL = "http://ftn.ficora.fi/2017/loatest2";
const AINO = {
  "urn:oid:1.2.246.21": "010180-9015",
  "urn:oid:2.5.4.4": "Mäkelä",
  "urn:oid:1.2.246.575.1.14": "Aino",
  "urn:oid:1.3.6.1.5.5.7.9.1": "1980-01-01",
};

const { clients } = JSON.parse(await text(process.stdin));
const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const posted = [];
const isFapi2 = (client) => client?.dpopBoundAccessTokens === true;
const byRsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const onCurve = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const provider = new Provider(issuer, {
  clients,
  jwks: {
    keys: [
      { ...byRsa, use: "sig", kid: "by-rsa" },
      { ...onCurve, use: "sig", kid: "on-a-curve" },
    ],
  },
  cookies: { keys: ["for this test only"] },
  acrValues: [LEVEL],
  claims: { openid: ["sub", ...Object.keys(AINO)], acr: null, amr: null, auth_time: null },
  conformIdTokenClaims: false,
  extraParams: ["ftn_spname", "ftn_idp_id"],
  pkce: { required: () => true },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    fapi: { enabled: true, profile: (_, client) => (isFapi2(client) ? "2.0" : undefined) },
    encryption: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: true, requireSignedRequestObject: true },
  },
  assertJwtClientAuthClaimsAndHeader: (ctx, claims, _, client) => {
    if (isFapi2(client)) ctx.assert(claims.aud === issuer, 401, "the assertion is not made out to the issuer alone");
  },
  fetch: async (_, { body }) => {
    posted.push(String(body));
    return new Response();
  },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...AINO }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
});

provider.use(async (ctx, next) => {
  if (ctx.path === "/test/sign-out") {
    const client = await provider.Client.find(ctx.query.client);
    await client.backchannelLogout("aino");
    ctx.body = posted.pop();
    return;
  }
  if (!ctx.path.startsWith("/interaction/")) return next();
  const { params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: "aino", clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const login = { accountId: "aino", acr: LEVEL, amr: ["pwd"] };
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login, consent: { grantId: await grant.save() } }));
});

server.on("request", provider.callback());
console.log(issuer);

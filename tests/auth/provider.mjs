// An OpenID Provider that is not ours (oidc-provider, certified by the OpenID Foundation), set up as a broker of the
// Finnish Trust Network: signed requests only, private_key_jwt, encrypted ID tokens. Whoever comes is Aino.
// Reads {"client": {...}} from standard input and prints its issuer.

import { generateKeyPairSync } from "node:crypto";
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

const { client } = JSON.parse(await text(process.stdin));
const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [client],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "first" }] },
  cookies: { keys: ["for this test only"] },
  acrValues: [LEVEL],
  claims: { openid: ["sub", ...Object.keys(AINO)], acr: null, amr: null, auth_time: null },
  conformIdTokenClaims: false,
  extraParams: ["ftn_spname", "ftn_idp_id"],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    encryption: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: true, requireSignedRequestObject: true },
  },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...AINO }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const { params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: "aino", clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const login = { accountId: "aino", acr: LEVEL, amr: ["pwd"] };
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login, consent: { grantId: await grant.save() } }));
});

server.on("request", provider.callback());
console.log(issuer);

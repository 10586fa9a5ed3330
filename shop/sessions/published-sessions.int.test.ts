import { createServer, type Server } from "node:http";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { publishedSessions, type Sessions } from "./published-sessions.ts";

const silent = createLog("test", "silent");
const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "EdDSA" };

let server: Server;
let sessions: Sessions;
let away = false;

beforeEach(async () => {
  away = false;
  server = createServer((_request, response) => {
    response.statusCode = away ? 500 : 200;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}/keys`;
  sessions = publishedSessions({ url, log: silent, now: Date.now });
});
afterEach(() => close(server));

const GOOD = { sub: "ada", role: "customer", aud: "shop" };

function token(claims: JWTPayload, expires: string | undefined = "1h"): Promise<string> {
  const unsigned = new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid: "one" });
  return (expires === "never" ? unsigned : unsigned.setExpirationTime(expires)).sign(privateKey);
}

test("a token that the monolith signed names its customer and role", async () => {
  const cookies = `a=b; session=${await token(GOOD)}; session=other`;
  expect(await sessions.of(cookies)).toEqual({ customerId: "ada", role: "customer" });
  const admin = `session=${await token({ ...GOOD, role: "admin" })}`;
  expect(await sessions.of(admin)).toEqual({ customerId: "ada", role: "admin" });
});

test.each([
  ["is for somebody else", { ...GOOD, aud: "bank" }],
  ["has a role that nobody has", { ...GOOD, role: "root" }],
  ["names nobody", { ...GOOD, sub: "" }],
  ["names whom no database can name", { ...GOOD, sub: "ada\0" }],
  ["has expired", GOOD, "-1s"],
  ["never expires", GOOD, "never"],
])("a token that %s is no session", async (_why, claims, expires = "1h") => {
  await expect(sessions.of(`session=${await token(claims, expires)}`)).rejects.toMatchObject({
    code: "BYN-SHOP-005",
  });
});

test("nor is one of another algorithm, of another key, or none at all", async () => {
  const other = await generateKeyPair("EdDSA", { crv: "Ed25519" });
  const forged = await new SignJWT(GOOD)
    .setProtectedHeader({ alg: "EdDSA", kid: "one" })
    .setExpirationTime("1h")
    .sign(other.privateKey);
  const [, claims = ""] = forged.split(".");
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
  for (const cookies of [`session=${forged}`, `session=${unsigned}`, "session=", "other=x", "", undefined]) {
    await expect(sessions.of(cookies)).rejects.toMatchObject({ code: "BYN-SHOP-005" });
  }
});

test("while no keys were fetched nobody is told to be signed out; who has no token is", async () => {
  away = true;
  await expect(sessions.of(`session=${await token(GOOD)}`)).rejects.toMatchObject({ code: "BYN-SHOP-004" });
  await expect(sessions.of("")).rejects.toMatchObject({ code: "BYN-SHOP-005" });
});

test("keys that were fetched stay good while their issuer is away", async () => {
  await sessions.of(`session=${await token(GOOD)}`);
  away = true;
  const bob = `session=${await token({ ...GOOD, sub: "bob" })}`;
  expect(await sessions.of(bob)).toMatchObject({ customerId: "bob" });
  await expect(sessions.of("session=a.b.c")).rejects.toMatchObject({ code: "BYN-SHOP-005" });
});

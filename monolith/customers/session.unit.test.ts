import { importJWK, SignJWT } from "jose";
import { expect, test } from "vitest";
import { newSessionKey } from "../shop.fixture.ts";
import { createSessions, SESSION_S } from "./session.ts";

const customer = { id: "c-1", email: "a@b.example", name: "A", role: "customer" } as const;

test("a token is read until it expires, and not a second longer", async () => {
  let nowMs = 1_700_000_000_000;
  const sessions = await createSessions(newSessionKey(), () => nowMs);
  const token = await sessions.issue(customer);
  nowMs += (SESSION_S - 1) * 1000;
  expect(await sessions.read(token)).toEqual({ customerId: "c-1", role: "customer" });
  nowMs += 1000;
  expect(await sessions.read(token)).toBeUndefined();
});

test("a token that names whom no database can name is not read", async () => {
  const sessions = await createSessions(newSessionKey(), Date.now);
  expect(await sessions.read(await sessions.issue({ ...customer, id: "c-1\0" }))).toBeUndefined();
});

test("a token of another key, a changed one and an unsigned one are not read", async () => {
  const sessions = await createSessions(newSessionKey(), Date.now);
  const other = await createSessions(newSessionKey(), Date.now);
  expect(await sessions.read(await other.issue(customer))).toBeUndefined();
  const [header, , signature] = (await sessions.issue(customer)).split(".");
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: "c-2", role: "admin", aud: "shop", exp: Math.floor(Date.now() / 1000) + 60 };
  expect(await sessions.read([header, encoded(claims), signature].join("."))).toBeUndefined();
  expect(await sessions.read([encoded({ alg: "none" }), encoded(claims), ""].join("."))).toBeUndefined();
});

test("a token of our own key that is not for the shop is not read", async () => {
  const key = newSessionKey();
  const sessions = await createSessions(key, Date.now);
  const privateKey = await importJWK(JSON.parse(key), "EdDSA");
  const read = async (claims: { aud?: string }) => {
    const token = new SignJWT({ sub: "c-1", role: "customer", ...claims }).setExpirationTime("1m");
    return sessions.read(await token.setProtectedHeader({ alg: "EdDSA" }).sign(privateKey));
  };
  expect(await read({ aud: "shop" })).toEqual({ customerId: "c-1", role: "customer" });
  expect(await read({ aud: "warehouse" })).toBeUndefined();
  expect(await read({})).toBeUndefined();
});

test("the key's own kid is kept; without one it is the thumbprint, the same each time", async () => {
  const key = JSON.parse(newSessionKey());
  const named = await createSessions(JSON.stringify({ ...key, kid: "2026-11" }), Date.now);
  expect(named.keySet.keys[0]?.kid).toBe("2026-11");
  const [once, again] = await Promise.all([1, 2].map(() => createSessions(JSON.stringify(key), Date.now)));
  expect(once?.keySet.keys[0]?.kid).toMatch(/^[\w-]{43}$/);
  expect(again?.keySet).toEqual(once?.keySet);
});

test("a key that can't be used is refused by its name and never repeated", async () => {
  for (const key of [
    "",
    "{}",
    '{"kty":"oct","k":"c2VjcmV0"}',
    '{"kty":"OKP","crv":"Ed25519","x":"AA","d":"c2VjcmV0"}',
  ]) {
    const failed = await createSessions(key, Date.now).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: "BYN-CONFIG-001", mistakes: [{ place: "SESSION_KEY" }] });
    expect(String(failed)).not.toContain("c2VjcmV0");
  }
});

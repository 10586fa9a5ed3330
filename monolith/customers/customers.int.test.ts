import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { codeOf, cookieFrom, openShop, type Shop } from "../shop.fixture.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
});
afterAll(() => shop.stop());

const ada = { email: "Ada@Example.org", name: "Ada", password: "correct horse" };
const signUp = (body: unknown) => shop.ask("/api/customers", { method: "POST", body });
const signIn = (body: unknown) => shop.ask("/api/sessions", { method: "POST", body });

describe("sign-up", () => {
  test("makes an account, signs it in and never tells the password or its hash", async () => {
    const answer = await signUp(ada);
    expect(answer.status).toBe(201);
    const customer = await answer.json();
    expect(customer).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: "ada@example.org",
      name: "Ada",
      role: "customer",
    });
    expect(await (await shop.ask("/api/me", { cookie: cookieFrom(answer) })).json()).toEqual(customer);
  });

  test("refuses an e-mail that has an account, in whatever case it is written", async () => {
    await signUp({ ...ada, email: "twice@example.org" });
    const answer = await signUp({ ...ada, email: "TWICE@example.org" });
    expect([answer.status, await codeOf(answer)]).toEqual([409, "BYN-SHOP-009"]);
  });

  test("names every mistake of the body and repeats no value", async () => {
    const answer = await signUp({ email: "no", name: "", password: "hidden!", role: "admin" });
    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      code: "BYN-SHOP-002",
      errors: [{ place: "email" }, { place: "name" }, { place: "password" }, { message: /role/ }],
    });
    expect(text).not.toContain("hidden!");
  });

  test("nobody signs up as an administrator", async () => {
    const answer = await signUp({ ...ada, email: "boss@example.org", role: "admin" });
    expect(answer.status).toBe(400);
  });
});

describe("sign-in", () => {
  test("sets a cookie that scripts can't read and other sites don't send with changes", async () => {
    await signUp({ ...ada, email: "cookie@example.org" });
    const answer = await signIn({ email: "cookie@example.org", password: ada.password });
    expect(answer.status).toBe(201);
    const cookie = answer.headers.getSetCookie()[0];
    expect(cookie).toMatch(
      /^session=[\w.-]+; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  test("answers a wrong password and an unknown e-mail with the same words", async () => {
    await signUp({ ...ada, email: "same@example.org" });
    const answers = await Promise.all([
      signIn({ email: "same@example.org", password: "wrong horse" }),
      signIn({ email: "nobody@example.org", password: "wrong horse" }),
    ]);
    const bodies = await Promise.all(
      answers.map(async (answer) => ({ ...((await answer.json()) as object), requestId: "" })),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(bodies[0]).toMatchObject({ code: "BYN-SHOP-006" });
    expect(bodies[1]).toEqual(bodies[0]);
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
  });

  test("a body of more than 100 kB, or that is no JSON, is refused without a stack trace", async () => {
    const large = await signIn({ email: "a@b.example", password: "x".repeat(101 * 1024) });
    const broken = await fetch(`${shop.url}/api/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect([large.status, broken.status]).toEqual([413, 400]);
    for (const answer of [large, broken]) {
      expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(await answer.text()).not.toMatch(/\bat |node_modules/);
    }
  });
});

describe("a session", () => {
  test("is verified by the published keys and names the customer and the role", async () => {
    const token = shop.admin.slice("session=".length);
    const keys = (await (await shop.ask("/.well-known/jwks.json")).json()) as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      audience: "shop",
    });
    expect(payload).toMatchObject({ role: "admin", sub: expect.any(String) });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(12 * 60 * 60);
    expect(protectedHeader).toEqual({ alg: "EdDSA", kid: keys.keys[0]?.kid });
    expect(keys.keys[0]).not.toHaveProperty("d");
  });

  test("shows only the customer that it belongs to", async () => {
    const first = await signUp({ ...ada, email: "first@example.org" });
    const second = await signUp({ ...ada, email: "second@example.org" });
    const me = await (await shop.ask("/api/me", { cookie: cookieFrom(second) })).json();
    expect(me).toMatchObject({ email: "second@example.org" });
    expect(me).not.toMatchObject({ id: ((await first.json()) as { id: string }).id });
  });

  test("ends in the browser when it signs out", async () => {
    const answer = await shop.ask("/api/sessions", { method: "DELETE", cookie: shop.admin });
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^session=; Path=\/; Expires=Thu, 01 Jan 1970/);
  });

  test.each(["", "session=", "session=a.b.c", "other=1"])("is asked for: %j is refused", async (cookie) => {
    const answer = await shop.ask("/api/me", { cookie });
    expect([answer.status, await codeOf(answer)]).toEqual([401, "BYN-SHOP-005"]);
  });

  test("of an account that is gone is refused", async () => {
    const answer = await signUp({ ...ada, email: "gone@example.org" });
    await shop.pool.query("DELETE FROM customer WHERE email = 'gone@example.org'");
    expect((await shop.ask("/api/me", { cookie: cookieFrom(answer) })).status).toBe(401);
  });
});

test("a change that a browser says another site asked for is refused", async () => {
  const headers = { "sec-fetch-site": "cross-site" };
  for (const [method, path] of [
    ["DELETE", "/api/sessions"],
    ["POST", "/api/admin/products"],
    ["PATCH", "/api/admin/products/x"],
    ["DELETE", "/api/admin/products/x"],
  ] as const) {
    const answer = await shop.ask(path, { method, cookie: shop.admin, headers });
    expect([answer.status, await codeOf(answer)]).toEqual([403, "BYN-SHOP-008"]);
  }
  expect((await shop.ask("/", { headers })).status).toBe(200);
});

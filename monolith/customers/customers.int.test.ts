import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { ADMIN_EMAIL, DEMO_PASSWORD } from "../seed/customers.ts";
import { codeOf, cookieFrom, openShop, type Shop } from "../shop.fixture.ts";
import { createSignInLimit } from "./sign-in-limit.ts";
import { createSignUpLimit } from "./sign-up-limit.ts";

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

describe("a change that another site asks for", () => {
  const signOut = (headers: Record<string, string>) =>
    fetch(`${shop.url}/api/sessions`, { method: "DELETE", headers: { cookie: shop.admin, ...headers } });

  test("is refused when the browser says so", async () => {
    const headers = { "sec-fetch-site": "cross-site" };
    for (const [method, path] of [
      ["DELETE", "/api/sessions"],
      ["POST", "/api/admin/products"],
      ["PATCH", "/api/admin/products/x"],
      ["DELETE", "/api/admin/products/x"],
      ["PUT", "/api/cart/lines/x"],
      ["POST", "/api/orders"],
    ] as const) {
      const answer = await shop.ask(path, { method, cookie: shop.admin, headers });
      expect([answer.status, await codeOf(answer)]).toEqual([403, "BYN-SHOP-008"]);
    }
    expect((await shop.ask("/api/categories", { headers })).status).toBe(200);
  });

  test.each([
    {},
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "same-site", origin: "https://other.shop.example" },
    { origin: "https://elsewhere.example" },
    { origin: "null" },
    { origin: "" },
    { referer: "https://elsewhere.example/form" },
    { "content-type": "text/plain", origin: "https://elsewhere.example" },
    { "content-type": "application/x-www-form-urlencoded" },
    { "content-type": "text/plain; application/json" },
    { origin: "https://shop.example", "x-forwarded-host": "elsewhere.example" },
  ] as Record<string, string>[])("is refused when nothing says that it is ours: %j", async (headers) => {
    const answer = await signOut(headers);
    expect([answer.status, await codeOf(answer)]).toEqual([403, "BYN-SHOP-008"]);
  });

  test("is let through from the shop's own pages, from JSON, and from a browser that says it is ours", async () => {
    const own: Record<string, string>[] = [
      { origin: shop.url },
      { referer: `${shop.url}/cart` },
      { "content-type": "application/json" },
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
      { origin: "https://shop.example", "x-forwarded-host": "shop.example" },
      { origin: "https://shop.example", "x-forwarded-host": "shop.example:443" },
    ];
    for (const headers of own) expect((await signOut(headers)).status, JSON.stringify(headers)).toBe(204);
  });
});

describe("failed sign-ins", () => {
  const password = "a wrong one";
  let limited: Shop;
  beforeAll(async () => {
    limited = await openShop(inject("postgresUrl"), {
      signInLimit: createSignInLimit({ perEmailAndPeer: 3, perEmail: 6, perPeer: 8 }),
    });
  });
  afterAll(() => limited.stop());
  const fail = (email: string, peer: string, given = password) =>
    limited.ask("/api/sessions", {
      method: "POST",
      body: { email, password: given },
      headers: { "x-forwarded-for": peer },
    });

  test("of one network lock nobody out elsewhere, also at once; there even the right password waits", async () => {
    const email = "locked@mail.example";
    await limited.ask("/api/customers", { method: "POST", body: { ...ada, email } });
    const answers = await Promise.all(Array.from({ length: 8 }, () => fail(email, "203.0.113.66")));
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, ...Array(5).fill(429)]);
    expect((await fail(email, "203.0.113.66", ada.password)).status).toBe(429);
    for (let n = 0; n < 6; n++) expect((await fail(email, "203.0.113.67", ada.password)).status).toBe(201);
    expect((await fail(email, "203.0.113.66", ada.password)).status).toBe(429);
  });

  test("are counted by e-mail over all networks, also at once; past that even the right password waits", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => fail(ADMIN_EMAIL, `192.0.2.${n}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(6).fill(401),
      ...Array(4).fill(429),
    ]);
    const refused = await fail(ADMIN_EMAIL, "192.0.2.99", DEMO_PASSWORD);
    expect([refused.status, await codeOf(refused)]).toEqual([429, "BYN-SHOP-019"]);
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    expect((await fail("other@shop.example", "192.0.2.99")).status).toBe(401);
  });

  test("are counted by peer, whoever is tried", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) statuses.push((await fail(`p${n}@mail.example`, "198.51.100.7")).status);
    expect(statuses).toEqual([...Array(8).fill(401), 429, 429]);
    expect((await fail("p10@mail.example", "198.51.100.8")).status).toBe(401);
  });

  test("don't add up with right ones between them", async () => {
    const email = "right@mail.example";
    await limited.ask("/api/customers", { method: "POST", body: { ...ada, email } });
    for (let n = 0; n < 12; n++) {
      expect((await fail(email, "203.0.113.5", ada.password)).status).toBe(201);
      if (n < 6) expect((await fail(email, "203.0.113.5")).status).toBe(401);
    }
  });
});

describe("sign-ups", () => {
  let limited: Shop;
  const open = (trustedProxies: readonly string[]) =>
    openShop(inject("postgresUrl"), { signUpLimit: createSignUpLimit(2), trustedProxies });
  afterEach(() => limited.stop());
  let people = 0;
  const signUp = (forwardedFor: string, email = `n${++people}@mail.example`) =>
    limited.ask("/api/customers", {
      method: "POST",
      body: { ...ada, email },
      headers: { "x-forwarded-for": forwardedFor },
    });

  test("are counted by peer, also those that fail; past the limit nothing is hashed or looked at", async () => {
    limited = await open(["loopback"]);
    expect((await signUp("192.0.2.1", ADMIN_EMAIL)).status).toBe(409);
    expect((await signUp("192.0.2.1")).status).toBe(201);
    const refused = await signUp("192.0.2.1", ADMIN_EMAIL);
    expect([refused.status, await codeOf(refused)]).toEqual([429, "BYN-SHOP-026"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await signUp("192.0.2.2")).status).toBe(201);
  });

  test("behind two proxies count by the client, whatever it wrote before them", async () => {
    limited = await open(["loopback", "10.0.0.0/24"]);
    const statuses = [];
    for (let n = 1; n <= 3; n++) statuses.push((await signUp(`203.0.113.${n}, 192.0.2.1, 10.0.0.9`)).status);
    expect(statuses).toEqual([201, 201, 429]);
  });

  test("from a peer that is not trusted count by the peer: X-Forwarded-For is only what it says", async () => {
    limited = await open(["192.0.2.77"]);
    const statuses = [];
    for (let n = 1; n <= 3; n++) statuses.push((await signUp(`192.0.2.${n}`)).status);
    expect(statuses).toEqual([201, 201, 429]);
  });
});

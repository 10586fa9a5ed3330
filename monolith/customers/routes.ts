import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Customer, SignIn, SignUp } from "@banyan/contracts/http/customers.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { type CookieOptions, type Request, type Response, Router } from "express";
import type { Pool } from "pg";
import { SESSION_COOKIE, sessionOf } from "./guards.ts";
import { hashPassword, passwordMatches } from "./passwords.ts";
import { SESSION_S, type Sessions } from "./session.ts";
import type { SignInLimit } from "./sign-in-limit.ts";
import type { SignUpLimit } from "./sign-up-limit.ts";
import { addCustomer, credentialsOf, customerById } from "./store.ts";

export interface CustomerDeps {
  readonly pool: Pool;
  readonly sessions: Sessions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly signInLimit: SignInLimit;
  readonly signUpLimit: SignUpLimit;
  /** Called once somebody is signed in, before the answer: other modules may have things to hand over. */
  readonly signedIn: (request: Request, response: Response, customerId: string) => Promise<void>;
}

/** Sign-up, sign-in, sign-out, who am I, and the public keys of sessions. */
export function customerRoutes(deps: CustomerDeps): Router {
  const { pool, sessions, now, newId, signInLimit, signUpLimit, signedIn } = deps;
  const router = Router();

  router.post("/api/customers", async (request, response) => {
    const { email, name, password } = checked(SignUp, request.body);
    await signUpLimit.attempt(request.ip ?? "", (seconds) => response.set("retry-after", String(seconds)));
    const customer: Customer = { id: newId(), email, name, role: "customer" };
    await addCustomer(pool, customer, await hashPassword(password), new Date(now()));
    response.cookie(SESSION_COOKIE, await sessions.issue(customer), cookie(request));
    await signedIn(request, response, customer.id);
    response.status(201).set("cache-control", "no-store").json(customer);
  });

  router.post("/api/sessions", async (request, response) => {
    const { email, password } = checked(SignIn, request.body);
    const attempt = { email, peer: request.ip ?? "" };
    await signInLimit.attempt(attempt, (seconds) => response.set("retry-after", String(seconds)));
    const found = await credentialsOf(pool, email).catch(async (error: unknown) => {
      await signInLimit.notJudged(attempt);
      throw error;
    });
    const matches = await passwordMatches(found?.passwordHash, password);
    if (found === undefined || !matches) {
      throw new BanyanError("BYN-SHOP-006", "no account has this e-mail with this password");
    }
    await signInLimit.succeeded(attempt);
    response.cookie(SESSION_COOKIE, await sessions.issue(found.customer), cookie(request));
    await signedIn(request, response, found.customer.id);
    response.status(201).set("cache-control", "no-store").json(found.customer);
  });

  // Tokens are not kept, so there is none to forget: signing out takes the cookie from the browser.
  router.delete("/api/sessions", (request, response) => {
    const { maxAge: _kept, ...options } = cookie(request);
    response.clearCookie(SESSION_COOKIE, options).status(204).end();
  });

  router.get("/api/me", async (request, response) => {
    const { customerId } = await sessionOf(sessions, request);
    const customer = await customerById(pool, customerId);
    if (customer === undefined) throw new BanyanError("BYN-SHOP-005", "the account is gone");
    response.set("cache-control", "no-store").json(customer);
  });

  router.get("/.well-known/jwks.json", (_request, response) => {
    response.set("cache-control", "public, max-age=60").json(sessions.keySet);
  });
  return router;
}

/** `secure` follows how the request came in: the demo speaks plain HTTP on loopback. */
function cookie(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: request.secure, maxAge: SESSION_S * 1000 };
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express, type RequestHandler } from "express";
import { decide } from "../decide/decide.ts";
import type { Ground } from "../ground.ts";
import { usableKey } from "../identify/identity.ts";
import { equalsSecret } from "../secret.ts";
import type { Readiness } from "./readiness.ts";

export interface AdminOptions {
  readonly ground: () => Ground;
  readonly readiness: () => Promise<Readiness>;
  readonly token: string | undefined;
  readonly log: Log;
}

/** The second port: `/livez` and `/readyz` for whoever runs the proxy, the rest for holders of the admin token. */
export function admin({ ground, readiness, token, log }: AdminOptions): Express {
  const app = express().disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "alive" });
  });
  app.get("/readyz", async (_request, response) => {
    const state = await readiness();
    response.status(state.ready ? 200 : 503).json(state);
  });
  const guarded = holdersOf(token);
  app.get("/metrics", guarded, async (_request, response) => {
    const { contentType, body } = await ground().metrics.text();
    response.type(contentType).send(body);
  });
  app.get("/decisions", guarded, (request, response) => {
    response.json(explain(ground(), request.query));
  });
  app.use(nothingHere, problems(log));
  return app;
}

/** Says what would be decided for an identity now, by the very function that decides. */
function explain({ routing, flags }: Ground, query: Readonly<Record<string, unknown>>): object {
  const { capability, identity } = query;
  if (typeof capability !== "string" || !routing.capabilities.has(capability)) {
    throw new BanyanError("BYN-PROXY-026", "`capability` is not one of this proxy's");
  }
  const key = usableKey(identity);
  if (identity !== undefined && key === undefined) {
    throw new BanyanError("BYN-PROXY-026", "`identity` is not printable ASCII of at most 256 characters");
  }
  const intent = flags.intentOf(capability);
  return {
    capability,
    identity: key ?? null,
    ...decide(capability, key, intent, undefined),
    intent: intent === undefined ? null : { percentage: intent.percentage, kill: intent.kill },
    flags: flags.health(),
  };
}

function holdersOf(token: string | undefined): RequestHandler {
  const isToken = equalsSecret(token);
  return (request, response, next) => {
    if (token === undefined) {
      throw new BanyanError("BYN-PROXY-022", "this proxy has no admin token, so this is off");
    }
    if (!isToken(/^Bearer (.+)$/i.exec(request.get("authorization") ?? "")?.[1])) {
      response.set("www-authenticate", "Bearer");
      throw new BanyanError("BYN-PROXY-021", "the admin token is missing or wrong");
    }
    next();
  };
}

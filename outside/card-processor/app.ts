import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ChargeId, ChargeRequest } from "@banyan/contracts/http/charges.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { databaseAway } from "@banyan/platform/http/database-away.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { charge, findCharge, refund } from "./charges.ts";
import { SILENT_CARD } from "./decide.ts";

export interface CardProcessorDeps {
  readonly pool: Pool;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A stand-in for the company that moves the money: contracts/http/charges.ts says what it answers. */
export function createCardProcessorApp({ pool, log, now }: CardProcessorDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(requestId);

  app.get("/livez", (_request, response) => {
    response.json({ status: "alive" });
  });
  app.get("/readyz", async (_request, response) => {
    await pool.query("SELECT 1").catch((cause: unknown) => {
      throw new BanyanError("BYN-SHOP-004", "the database does not answer", { cause });
    });
    response.json({ status: "ready" });
  });

  app.use(express.json({ limit: "10kb" }));
  app.put("/charges/:id", async (request, response) => {
    const id = idOf(request.params.id);
    const asked = checked(ChargeRequest, request.body);
    const made = await charge(pool, id, asked, new Date(now()));
    // Held until who asked gives up: a charge of which nobody ever hears.
    if (asked.card.number === SILENT_CARD && made.status === "charged") return;
    response.status(made.status === "declined" ? 402 : 201).json(made);
  });
  app.get("/charges/:id", async (request, response) => {
    response.json(await findCharge(pool, idOf(request.params.id)));
  });
  app.put("/charges/:id/refund", async (request, response) => {
    response.json(await refund(pool, idOf(request.params.id), new Date(now())));
  });

  app.use(nothingHere);
  app.use(databaseAway);
  app.use(problems(log));
  return app;
}

function idOf(given: unknown): string {
  const id = ChargeId.safeParse(given);
  if (!id.success) throw new BanyanError("BYN-SHOP-021", "no charge has such an id");
  return id.data;
}

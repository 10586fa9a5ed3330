import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { Router } from "express";
import type { Pool } from "pg";
import type { AnswerCache } from "./answers/answer-cache.ts";
import type { Plant } from "./plant.ts";

/**
 * `/livez`: the process runs. `/readyz`: its database answers and all slots of its copy follow the monolith; else
 * BYN-SHOP-004 with the reason.
 */
export function healthRoutes(options: { pool: Pool; cache: AnswerCache; plant: Plant }): Router {
  const { pool, cache, plant } = options;
  const router = Router();
  router.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  router.get("/readyz", async (_request, response) => {
    const copy = await followingCopy(pool);
    response.json({ status: "ready", database: "answers", copy, cache: cache.figures(), plant: plant.name });
  });
  return router;
}

/** Slots of the copy by state, all of them `following`; else BYN-SHOP-004 with the reason. */
export async function followingCopy(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const copy = await slotsByState(pool);
  const states = Object.keys(copy);
  if (states.length === 1 && copy.following !== undefined) return copy;
  const counts = states.map((state) => `${copy[state]} ${state}`).join(", ");
  throw new BanyanError("BYN-SHOP-004", `the copy does not follow the monolith: slots ${counts || "none"}`);
}

async function slotsByState(pool: Pool): Promise<Readonly<Record<string, number>>> {
  try {
    const { rows } = await pool.query<{ state: string; slots: number }>(
      "SELECT state, count(*)::int AS slots FROM copy WHERE capability = 'catalog' GROUP BY state ORDER BY state",
    );
    return Object.fromEntries(rows.map(({ state, slots }) => [state, slots]));
  } catch (error) {
    throw new BanyanError("BYN-SHOP-004", "the database does not answer", { cause: error });
  }
}

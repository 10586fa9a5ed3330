import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { RequestHandler } from "express";
import type { Pool } from "pg";

/** Whether the copy was ever filled as a whole. */
export interface WholeCopy {
  /** Lets a request through once it was; before, BYN-SHOP-027: an empty list would look like an empty shop. */
  readonly required: RequestHandler;
  /** The copy has changed: a reset may have emptied it. */
  forget(): void;
}

const TRY_AGAIN_S = 5;

/** Asks the database until the answer is yes, and again after each change. */
export function createWholeCopy(pool: Pool): WholeCopy {
  let whole = false;
  return {
    required: async (_request, response, next) => {
      whole ||= await isWhole(pool);
      if (whole) return next();
      response.set("retry-after", String(TRY_AGAIN_S));
      throw new BanyanError("BYN-SHOP-027", "parts of the copy hold nothing yet");
    },
    forget: () => {
      whole = false;
    },
  };
}

/** A slot that is filled *again* still has its rows (§5.11 replaces them in one transaction), and may be read. */
async function isWhole(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM copy WHERE capability = 'catalog' AND (state = 'empty'
       OR (state = 'filling' AND NOT EXISTS (SELECT FROM product WHERE product.slot = copy.slot))) LIMIT 1`,
  );
  return rowCount === 0;
}

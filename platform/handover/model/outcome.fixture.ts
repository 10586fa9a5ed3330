import assert from "node:assert/strict";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { DatabaseError } from "pg";

/** What a step came to: its answer, or the code that it was refused with, ours or Postgres's. Else it is thrown on. */
export async function outcomeOf<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BanyanError) return error.code;
    if (error instanceof DatabaseError && error.code !== undefined) return error.code;
    throw error;
  }
}

/** The step must be refused with this code. */
export async function refused(work: Promise<unknown>, code: string): Promise<void> {
  assert.equal(await outcomeOf(work), code);
}

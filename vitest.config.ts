import { defineConfig } from "vitest/config";

// `unit` needs nothing; `int` and `e2e` get one real Postgres from the global set-up.
// Their files run one after another: two cores, and each test may start processes of its own.
const withPostgres = { globalSetup: ["./tests/setup/postgres.ts"], fileParallelism: false };

/** A bound for what hangs, on a machine that does ten other things; no test is judged by its time. */
const HANG_MS = 180_000;

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["**/*.unit.test.ts"], testTimeout: HANG_MS } },
      {
        test: {
          name: "int",
          include: ["**/*.int.test.ts"],
          ...withPostgres,
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["**/*.e2e.test.ts"],
          ...withPostgres,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

import { expect, inject, test } from "vitest";
import { MonolithSettings, openMonolith } from "./open-monolith.ts";
import { createShopDatabase, newSessionKey, silent } from "./shop.fixture.ts";

test("a statement of the shop's waits neither for a lock nor for itself for ever", async () => {
  const database = await createShopDatabase(inject("postgresUrl"));
  try {
    const settings = MonolithSettings.parse({ DATABASE_URL: database.url, SESSION_KEY: newSessionKey() });
    const { deps, close } = await openMonolith(settings, silent);
    const shown = async (name: string) => (await deps.pool.query(`SHOW ${name}`)).rows;
    expect(await shown("lock_timeout")).toEqual([{ lock_timeout: "10s" }]);
    expect(await shown("statement_timeout")).toEqual([{ statement_timeout: "30s" }]);
    await close();
  } finally {
    await database.remove();
  }
});

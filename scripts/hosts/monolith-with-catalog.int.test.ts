import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createCatalogDatabase } from "@banyan/catalog/catalog-database.fixture.ts";
import { createShopDatabase, newSessionKey } from "@banyan/monolith/shop.fixture.ts";
import { afterEach, expect, inject, test } from "vitest";

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test("on SIGHUP it reads again where its pages ask, as the monolith alone does, and goes on", async () => {
  const shop = await createShopDatabase(inject("postgresUrl"));
  ends.push(() => shop.remove());
  const catalog = await createCatalogDatabase(inject("postgresUrl"));
  ends.push(() => catalog.remove());
  const folder = await mkdtemp(join(tmpdir(), "banyan-host-"));
  ends.push(() => rm(folder, { recursive: true }));
  const file = join(folder, "base");
  await writeFile(file, "http://127.0.0.1:9\n");
  const child = spawn(process.execPath, [join(import.meta.dirname, "monolith-with-catalog.ts")], {
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      DATABASE_URL: shop.url,
      CATALOG_DATABASE_URL: catalog.url,
      SESSION_KEY: newSessionKey(),
      STOREFRONT_FILE: file,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  ends.push(() => stopped(child, exit));
  const said = sayingsOf(child, exit);
  const { port } = await said(({ port }) => port !== undefined);
  await said(({ base }) => base === "http://127.0.0.1:9");
  await writeFile(file, `http://127.0.0.1:${port}\n`);
  child.kill("SIGHUP");
  await said(({ base }) => base === `http://127.0.0.1:${port}`);
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
});

interface Line {
  readonly port?: number;
  readonly base?: string;
}

/** Resolves with the first line of which `what` is true; rejects when the process ends before. */
function sayingsOf(child: ChildProcess, exit: Promise<unknown>) {
  if (child.stdout === null) throw new Error("its output is not read");
  const reader = createInterface({ input: child.stdout });
  const lines: Line[] = [];
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  return async (what: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const found = lines.find(what);
      if (found !== undefined) return found;
      await Promise.race([
        once(reader, "line"),
        exit.then(() => Promise.reject(new Error(JSON.stringify(lines)))),
      ]);
    }
  };
}

async function stopped(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await exit;
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { createPair, type TestPair } from "./orders-database.fixture.ts";
import { openRestOfShop, type RestOfShop, SERVICE_TOKEN } from "./rest-of-shop.fixture.ts";

/* Both processes as they are started: by their environment alone. */

let pair: TestPair;
let rest: RestOfShop;
let child: ChildProcess | undefined;
beforeAll(async () => {
  pair = await createPair(inject("postgresUrl"));
  rest = await openRestOfShop();
});
afterEach(() => child?.kill("SIGKILL"));
afterAll(async () => {
  await rest?.stop();
  await pair?.remove();
});

interface Line {
  readonly msg: string;
  readonly port?: number;
  readonly code?: string;
}

function start(file: string, environment: Record<string, string>) {
  const started = spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  const lines: Line[] = [];
  const reader = createInterface({ input: started.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  const exit = once(started, "exit").then(([code]) => code);
  const said = async (what: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const found = lines.find(what);
      if (found) return found;
      const ended = exit.then(() => Promise.reject(new Error(JSON.stringify(lines))));
      await Promise.race([once(reader, "line"), ended]);
    }
  };
  return { process: started, exit, said, lines };
}

const common = () => ({
  PORT: "0",
  DATABASE_URL: pair.databases.extracted.url,
  SHOP_URL: rest.url,
  SERVICE_TOKEN,
});

test.each([
  ["main.ts", () => ({ ...common(), JWKS_URL: rest.jwksUrl })],
  ["worker.ts", () => ({ ...common(), PEER_DATABASE_URL: pair.databases.monolith.url })],
])("%s starts, is ready, and ends with 0 on SIGTERM", async (file, environment) => {
  const running = start(file, environment());
  const { port } = await running.said((line) => line.port !== undefined);
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([
    200,
    { status: "ready", slots: { following: 102 } },
  ]);
  running.process.kill("SIGTERM");
  expect(await running.exit).toBe(0);
});

test.each([
  ["main.ts", ["DATABASE_URL", "JWKS_URL", "PORT", "SERVICE_TOKEN", "SHOP_URL"]],
  ["worker.ts", ["DATABASE_URL", "PEER_DATABASE_URL", "PORT", "SERVICE_TOKEN", "SHOP_URL"]],
])("%s names all that its environment lacks, and ends with 2", async (file, names) => {
  const running = start(file, {});
  expect(await running.exit).toBe(2);
  const { msg, code } = await running.said((line) => line.code !== undefined);
  expect(code).toBe("BYN-CONFIG-001");
  for (const name of names) expect(msg).toContain(`${name}:`);
});

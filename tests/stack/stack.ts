import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removePostgres } from "@banyan/scripts/parts/postgres.ts";
import { addressesOf } from "@banyan/scripts/stack/addresses.ts";
import { readOrMakeInstall } from "@banyan/scripts/stack/install.ts";
import { PORT_COUNT, placesOf, portsOf } from "@banyan/scripts/stack/layout.ts";
import { startProcess } from "@banyan/scripts/stack/process.ts";
import { proxyProcess } from "@banyan/scripts/stack/services.ts";

export const ROOT = join(import.meta.dirname, "..", "..");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A stack of its own for one test file: its `.banyan` in a temporary folder, its ports in a row. */
export interface TestStack {
  readonly home: string;
  readonly portBase: number;
  readonly proxy: string;
  readonly unleash: string;
  /** Runs `banyan ARGS` to its end. `signal` sends that after the text was seen on either stream. */
  banyan(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same with `--json`, its answer read. */
  json(args: readonly string[]): Promise<{ code: number | null; data: unknown }>;
  /** Starts the proxy and nothing else, as `up` would. */
  restartProxyAlone(): Promise<void>;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onText?: { readonly text: string; readonly act: (pid: number) => void };
}

export async function testStack(): Promise<TestStack> {
  const home = mkdtempSync(join(tmpdir(), "banyan-e2e-"));
  const portBase = await freeBase();
  const banyan: TestStack["banyan"] = (args, options = {}) =>
    run(
      ["scripts/banyan.ts", ...args],
      { ...process.env, BANYAN_HOME: home, ...options.env },
      options.onText,
    );
  return {
    home,
    portBase,
    proxy: `http://127.0.0.1:${portBase}`,
    unleash: `http://127.0.0.1:${portBase + 5}`,
    banyan,
    json: async (args) => {
      const { code, out, err } = await banyan([...args, "--json"]);
      try {
        return { code, data: JSON.parse(out) };
      } catch {
        throw new Error(`banyan ${args.join(" ")} printed no JSON (exit ${code}):\n${out}\n${err}`);
      }
    },
    restartProxyAlone: async () => {
      const environment = { ...process.env, BANYAN_HOME: home };
      const places = placesOf(ROOT, environment);
      const ports = portsOf(portBase);
      const install = readOrMakeInstall(places.install);
      const addresses = addressesOf(ports, install, environment);
      await startProcess(
        home,
        proxyProcess({
          places,
          ports,
          addresses,
          install,
          environment,
          plant: "none",
          checkout: "transaction",
          log: "embedded",
        }),
      );
    },
    remove: async () => {
      await banyan(["down"]);
      // As root its data lies where another user can reach it, not in `home`.
      await removePostgres(home, process.env);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Runs one of our files on the pinned Node. */
export function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onText?: RunOptions["onText"],
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    const seen = { out: "", err: "" };
    let acted = false;
    const take = (which: "out" | "err") => (chunk: Buffer) => {
      seen[which] += chunk.toString();
      if (acted || onText === undefined || !`${seen.out}${seen.err}`.includes(onText.text)) return;
      acted = true;
      onText.act(child.pid ?? 0);
    };
    child.stdout.on("data", take("out"));
    child.stderr.on("data", take("err"));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...seen }));
  });
}

/** The first of as many free ports in a row as a stack has, below the range that the system hands out by itself. */
async function freeBase(): Promise<number> {
  for (let base = 21_000 + (process.pid % 900) * 10; base < 32_000; base += PORT_COUNT) {
    const free = await Promise.all(Array.from({ length: PORT_COUNT }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${PORT_COUNT} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

// `npm run demo`: the whole evolution of the demo shop so far, each step behind its verdict, and everything
// stopped at the end. `-- --stay` leaves it up for clicking; `-- --plant FAULT` shows a gate that stops; `-- --kafka`
// puts Kafka between the sides instead of their outbox tables.
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { baseline } from "./00-baseline.ts";
import { facade } from "./01-facade.ts";
import { catalog } from "./02-catalog.ts";
import { orders } from "./03-orders.ts";
import { inventory } from "./04-inventory.ts";
import { emptyCatalogCopy } from "./capabilities/catalog.ts";
import { type CommandContext, type StackContext, stackContext } from "./commands/context.ts";
import { makeReport } from "./commands/report.ts";
import { showAddresses } from "./commands/stack.ts";
import { arrived } from "./gate/arrival.ts";
import { k6Of } from "./gate/prove.ts";
import { unleashAdminOf } from "./gate/standing.ts";
import { takeWalkLock } from "./gate/step-lock.ts";
import { showLadder } from "./lesson/ladder.ts";
import { runCommand } from "./lesson/script.ts";
import { pagesAsOnTheFirstDay } from "./lesson/storefront.ts";
import { down } from "./stack/down.ts";
import { type MemoryPeak, startMemorySampler } from "./stack/memory.ts";
import { listProcesses } from "./stack/process.ts";
import { PLANTS, type Plant, readOwning } from "./stack/state.ts";
import { type Stack, up } from "./stack/up.ts";

const MIB = 1024 ** 2;

interface DemoOptions {
  readonly stay: boolean;
  readonly plant: Plant;
  readonly portBase: number | undefined;
  readonly kafka: boolean;
}

await runCommand(async (command) => {
  const options = readOptions();
  const { screen, places } = command;
  await using _walk = await takeWalkLock(command, "npm run demo");
  const began = performance.now();
  const memory = startMemorySampler(async () => {
    const running = (await listProcesses(places.home)).filter((each) => each.running);
    return [...running, { name: "demo and k6", pid: process.pid }];
  });
  let stack: Stack | undefined;
  try {
    // First, while nothing else runs: where it must be built, that takes minutes.
    const k6 = await k6Of(command);
    screen.good(`k6 ${k6.version} (${k6.source})`);
    if (readOwning(places).owned) {
      screen.say(
        "orders have moved in an earlier walk, and no way leads back to the first day: the shop is made anew",
      );
      await down(command, true);
    }
    screen.title("The shop, the façade and what they stand on");
    const { portBase, plant, kafka } = options;
    stack = await up(command, { portBase, plant, kafka });
    const context = await stackContext(command);
    await beginAnew(context);
    await walk(context);
  } finally {
    showMemory(command, await memory.stop());
    if (!options.stay) {
      screen.title("Stopping everything");
      await down(command);
    }
  }
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  screen.title(`Done in ${minutes} minutes`);
  screen.good(`the report: ${places.report}`);
  if (options.stay) showAddresses(command, stack);
  if (options.stay) screen.next("npm run banyan -- down", "when you have clicked enough");
  else screen.next("npm run demo -- --stay", "the same, and everything stays up for clicking");
});

/** The table and the report are made of whatever was measured, also when a gate stopped the walk. */
async function walk(context: StackContext): Promise<void> {
  try {
    await baseline(context);
    await facade(context);
    await catalog(context);
    await orders(context);
    await inventory(context);
  } finally {
    if (!context.signal.aborted) await showLadder(context, "catalog");
    const { path } = await makeReport(context);
    context.screen.say(`\n  report: ${path}`);
  }
}

/** A demo is a walk of its own: what was proved before is put aside, not thrown away, and the flag begins at 0 %. */
async function beginAnew(context: StackContext): Promise<void> {
  const { places, screen, addresses } = context;
  const past = join(places.home, "past", new Date().toISOString().replace(/[:.]/g, "-"));
  const aside = await moveAside(places.ledger, join(past, "ledger.jsonl"));
  if ((await moveAside(places.evidence, join(past, "evidence"))) || aside) {
    screen.say(`an earlier walk's ledger and evidence are kept in ${past}`);
  }
  const admin = unleashAdminOf(context);
  await admin.setPercentage("catalog", 0);
  await arrived(context, "catalog", 0);
  await pagesAsOnTheFirstDay(context);
  await emptyCatalogCopy(addresses);
}

async function moveAside(from: string, to: string): Promise<boolean> {
  if (!existsSync(from)) return false;
  await mkdir(join(to, ".."), { recursive: true });
  await rename(from, to);
  return true;
}

function showMemory({ screen }: CommandContext, peak: MemoryPeak): void {
  if (peak.samples === 0) return;
  screen.title(`Memory at its peak: ${Math.round(peak.totalBytes / MIB)} MiB in all (proportional set size)`);
  const rows = [...peak.byName].sort(([, a], [, b]) => b - a);
  screen.table(
    ["process", "its own peak"],
    rows.map(([name, bytes]) => [name, `${Math.round(bytes / MIB)} MiB`]),
  );
}

function readOptions(): DemoOptions {
  try {
    const { values } = parseArgs({
      options: {
        stay: { type: "boolean", default: false },
        plant: { type: "string", default: "none" },
        "port-base": { type: "string" },
        kafka: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
      },
    });
    const plant = PLANTS.find((name) => name === values.plant);
    if (plant === undefined) throw new Error(`--plant ${values.plant}: one of ${PLANTS.join(", ")}`);
    const base = values["port-base"];
    if (base !== undefined && !/^\d{1,5}$/.test(base)) throw new Error(`--port-base ${base} is no number`);
    const portBase = base === undefined ? undefined : Number(base);
    return { stay: values.stay, plant, portBase, kafka: values.kafka };
  } catch (cause) {
    throw new BanyanError("BYN-CLI-002", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

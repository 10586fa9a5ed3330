import { kill } from "node:process";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { demoCatalogCorpus } from "../capabilities/catalog.ts";
import { type StackContext, secretsOf } from "../commands/context.ts";
import type { LoadExpectation } from "../gate/gathered.ts";
import { observe } from "../gate/observe.ts";
import { waitFor } from "../stack/condition.ts";
import { sampleMemory } from "../stack/memory.ts";
import { listProcesses, startProcess, stopProcess } from "../stack/process.ts";
import { catalogProcess, mountedProcess, type ServiceContext } from "../stack/services.ts";
import { showMeasures, showVerdict } from "../terminal/measures.ts";
import { LESSON, LESSON_PER_SECOND } from "./protocol.ts";
import { showExpected } from "./steps.ts";

const MIB = 1024 ** 2;

const EXPECTED: readonly LoadExpectation[] = [
  {
    what: "the same code answers as fast mounted as in its own process",
    expected: "p50 within a quarter of each other",
    read: ({ verdict }) => {
      const ratio = verdict.measures.find(({ metric }) => metric === "p50")?.estimate;
      if (ratio === null || ratio === undefined) return undefined;
      return { measured: `× ${ratio.toFixed(2)}`, asExpected: ratio > 0.75 && ratio < 1.25 };
    },
  },
];

/**
 * The generic service beside the microservice: the extracted catalog mounted in a monolith's process, against the same
 * code in its own. Latency, memory, and what a crash in it takes down. It opens no gate and moves no flag.
 */
export async function compareMounted(context: StackContext): Promise<void> {
  const { screen, places, addresses, signal, state, configuration, install } = context;
  const { ports, plant, checkout, log } = state;
  const service: ServiceContext = { ...context, ports, plant, checkout, log };
  const mountedUrl = `http://127.0.0.1:${state.ports.mounted}`;
  screen.title("02 — Catalog: in the monolith's process, or in its own?");
  screen.say(
    "  Expected: as fast either way; a process of its own costs its memory; a crash takes down all it shares.",
  );
  await startProcess(places.home, mountedProcess(service), signal);
  try {
    const bundle = await observe(context, {
      a: { name: "mounted in the monolith", url: mountedUrl },
      b: { name: "its own process", url: addresses.catalog },
      corpus: demoCatalogCorpus(1),
      protocol: LESSON,
      ratePerSecond: LESSON_PER_SECOND,
      allowedHosts: [],
      expectations: EXPECTED,
      configuration: configuration.text,
      secrets: secretsOf(install),
      figures: () => memoryFigures(context),
    });
    showVerdict(screen, bundle.load.verdict);
    showMeasures(screen, bundle.load.verdict);
    showExpected(context, bundle);
    for (const { name, value } of bundle.figures.slice(1)) screen.say(`  ${name}: ${value}`);
    await crashMounted(context, mountedUrl);
  } finally {
    await stopProcess(places.home, "mounted");
  }
  await crashOwn(context, service);
}

/** Proportional set size of each process, under the same load a moment ago. */
async function memoryFigures({ places }: StackContext): Promise<Bundle["figures"]> {
  const names = ["mounted", "catalog", "monolith"];
  const roots = (await listProcesses(places.home)).filter(
    ({ name, running }) => running && names.includes(name),
  );
  const sample = sampleMemory(roots);
  return names.map((name) => ({
    name: `memory of ${name}`,
    value: `${Math.round((sample.get(name) ?? 0) / MIB)} MiB`,
    ok: null,
  }));
}

/** An error outside every request: the process that hosts the catalog ends, and with it whatever else lives there. */
async function crashMounted(context: StackContext, url: string): Promise<void> {
  await fetch(`${url}/__crash`, { method: "POST", signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  const down = await waitFor(async () => !(await answers(`${url}/`)), { withinMs: 10_000, everyMs: 50 });
  if (down)
    context.screen.good("a crash in the mounted catalog took the whole shop down: its home page is gone too");
  else context.screen.warn("a crash in the mounted catalog did not take the shop down — not as expected");
}

/** The same end for the process of its own: killed, and the monolith goes on. */
async function crashOwn(context: StackContext, service: ServiceContext): Promise<void> {
  const { screen, places, addresses, signal } = context;
  const own = (await listProcesses(places.home)).find(({ name, running }) => running && name === "catalog");
  if (own === undefined) return;
  kill(own.pid, "SIGKILL");
  try {
    await waitFor(async () => !(await answers(`${addresses.catalog}/livez`)), {
      withinMs: 10_000,
      everyMs: 50,
    });
    const up = await answers(`${addresses.monolith}/`);
    if (up) screen.good("the catalog's own process was killed: the shop's home page still answers");
    else screen.warn("the shop's home page went away with the catalog — not as expected");
  } finally {
    await stopProcess(places.home, "catalog");
    await startProcess(places.home, catalogProcess(service), signal.aborted ? undefined : signal);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

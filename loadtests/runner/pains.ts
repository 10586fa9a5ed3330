import { fileURLToPath } from "node:url";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { OrderPage } from "@banyan/contracts/http/orders.ts";
import { type Block, planBlocks } from "@banyan/evidence/pains/blocks.ts";
import type { Bystander, Disturbance } from "@banyan/evidence/pains/effect.ts";
import {
  type Checkout,
  PAIN_KINDS,
  type PainKind,
  type PainsSamples,
} from "@banyan/evidence/pains/samples.ts";
import { serverTimingOf } from "@banyan/evidence/pains/server-timing.ts";
import { text } from "../corpus/record.ts";
import { REQUESTS, type World } from "../journey/plan.ts";
import { PAINS_METRICS, type PainsFile, type PainsSecrets } from "../k6/pains-file.ts";
import type { CsvRow } from "./csv.ts";
import type { LoadIo } from "./journey.ts";
import { runK6 } from "./k6-run.ts";
import { runRamp } from "./ramp.ts";
import { hostsOf } from "./run-files.ts";
import { type Accounts, signInAll } from "./sessions.ts";
import { type Asker, openAsker, openTarget, type Target } from "./target.ts";
import { learnWorld } from "./world.ts";

const SCRIPT = fileURLToPath(new URL("../k6/pains.ts", import.meta.url));
const REQUEST_TIMEOUT_MS = 10_000;
const PROBES_PER_SECOND = 10;

/** How long and how hard; STANDARD takes under two minutes. */
export interface PainsSize {
  /** Requests of everyone in a second, while somebody disturbs. */
  readonly everyonePerSecond: number;
  readonly warmUpMs: number;
  readonly blockMs: number;
  readonly rounds: number;
  readonly rampPerSecond: readonly number[];
  readonly rampStepMs: number;
}

export const STANDARD: PainsSize = {
  everyonePerSecond: 40,
  warmUpMs: 4_000,
  blockMs: 2_000,
  rounds: 5,
  rampPerSecond: [40, 70, 100, 130, 160, 200, 240, 280, 320, 360, 400],
  rampStepMs: 3_000,
};

export interface PainsOptions {
  /** The shop itself, not the proxy: what is measured is the shop. */
  readonly url: string;
  readonly customers: Accounts;
  readonly admin: Accounts;
  readonly size: PainsSize;
  readonly seed: number;
  /** The last day of the report of sales; it goes back ten years. */
  readonly today: Date;
  readonly shopPid: number | undefined;
  readonly allowedHosts: readonly string[];
  readonly signal?: AbortSignal;
  /** What is done, how much of it, and what happens just now. */
  readonly onProgress?: (what: string, ratio: number, now?: string) => void;
}

/**
 * Measures what hurts a shop: everyone's latency while invoices, reports and checkouts are asked for by turns, then its
 * capacity by a ramp. All under the machine's load lock. Throws BYN-EVIDENCE-051 … -055, -057, -067 and -068 (the shop)
 * and what `runK6` throws.
 */
export async function runPains(options: PainsOptions, io: LoadIo): Promise<PainsSamples> {
  const { signal, onProgress, size, seed } = options;
  onProgress?.("waiting for the machine's load lock", 0);
  await using _lock = await io.takeLoadLock(signal);
  onProgress?.("signing customers in", 0);
  const target = await openTarget(options.url, options.allowedHosts);
  const asker = openAsker(target, {});
  try {
    const world = await learnWorld(asker.ask);
    const sessions = await signInAll(asker, options.customers, signal);
    const [admin = ""] = await signInAll(asker, options.admin, signal);
    const invoices = await invoicesOf(asker, sessions);
    const collected = new Collected();
    const { file, blocks } = fileOf(options, target, world, invoices);
    await runK6({
      k6Path: io.k6Path,
      script: SCRIPT,
      folder: io.folder,
      files: { BANYAN_PAINS_RUN: file },
      variables: { BANYAN_PAINS_SECRETS: JSON.stringify({ sessions, admin } satisfies PainsSecrets) },
      metrics: [PAINS_METRICS.seen, PAINS_METRICS.pain],
      onRow: (row) => {
        collected.add(row);
        const kind = blocks.findLast(({ startMs }) => startMs <= collected.elapsedMs)?.kind ?? "warm-up";
        onProgress?.("everyone, and by turns", collected.elapsedMs / file.durationMs, WORDS[kind]);
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const ramp = await runRamp({
      target,
      world,
      sessions,
      stepsPerSecond: size.rampPerSecond,
      stepMs: size.rampStepMs,
      seed,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      shopPid: options.shopPid,
      k6Path: io.k6Path,
      folder: io.folder,
      ...(signal === undefined ? {} : { signal }),
      onStep: (done, of, perSecond) => onProgress?.("capacity", done / of, `${perSecond} requests a second`),
    });
    return { blocks, ...collected.samples, ramp };
  } finally {
    asker.close();
  }
}

const WORDS: Record<PainKind | "quiet" | "warm-up", string> = {
  quiet: "nobody else",
  invoices: "one invoice a second",
  reports: "one report at a time",
  checkouts: "one checkout at a time",
  "warm-up": "nobody else yet",
};

/** In the mean over the looks of journeys. */
const REQUESTS_PER_LOOK = (REQUESTS.home + REQUESTS.category + 2 * REQUESTS.product + REQUESTS.search) / 5;
const REPORT_DAYS = 3_650;
const DAY_MS = 86_400_000;

function fileOf(
  { size, seed, today }: PainsOptions,
  target: Target,
  world: World,
  invoices: PainsFile["invoices"],
): { readonly file: PainsFile; readonly blocks: readonly Block<PainKind>[] } {
  const { rounds, blockMs, warmUpMs } = size;
  const blocks = planBlocks({ kinds: PAIN_KINDS, rounds, blockMs, fromMs: warmUpMs });
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const to = today.getTime();
  const file: PainsFile = {
    base: target.base,
    seed,
    world,
    hosts: hostsOf([target]),
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    durationMs: blocks.at(-1)?.endMs ?? warmUpMs,
    viewsPerMinute: Math.max(1, Math.round((60 * size.everyonePerSecond) / REQUESTS_PER_LOOK)),
    probesPerSecond: PROBES_PER_SECOND,
    blocks,
    invoices,
    reportPath: `/api/admin/reports/sales?from=${day(to - REPORT_DAYS * DAY_MS)}&to=${day(to)}`,
  };
  return { file, blocks };
}

/** The newest order of each customer who has one. Throws BYN-EVIDENCE-068 when nobody has. */
async function invoicesOf(
  { send }: Pick<Asker, "send">,
  sessions: readonly string[],
): Promise<PainsFile["invoices"]> {
  const invoices: { path: string; session: number }[] = [];
  for (const [session, value] of sessions.entries()) {
    const answer = await send({
      method: "GET",
      path: "/api/orders?perPage=1",
      headers: { cookie: `session=${value}` },
    });
    const page = OrderPage.safeParse(answer.status === 200 ? JSON.parse(text(answer.body)) : undefined);
    const id = page.data?.items[0]?.id;
    if (id !== undefined) invoices.push({ path: `/api/orders/${id}/invoice`, session });
  }
  if (invoices.length > 0) return invoices;
  throw new BanyanError("BYN-EVIDENCE-068", `none of ${sessions.length} customers has an order`);
}

class Collected {
  elapsedMs = 0;
  readonly #everyone: Bystander[] = [];
  readonly #probes: Bystander[] = [];
  readonly #disturbances: Disturbance[] = [];
  readonly #checkouts: Checkout[] = [];
  readonly #wrong: Record<string, number> = {};
  #refused = 0;

  add({ metric, value: latencyMs, tags, metadata }: CsvRow): void {
    const startMs = Number(metadata.get("at") ?? Number.NaN);
    const what = tags.get("what") ?? "";
    const wrong = tags.get("wrong") ?? "unsaid";
    this.elapsedMs = Math.max(this.elapsedMs, startMs);
    if (wrong === "refused") this.#refused += 1;
    else if (wrong !== "") this.#wrong[`${what}: ${wrong}`] = (this.#wrong[`${what}: ${wrong}`] ?? 0) + 1;
    if (metric === PAINS_METRICS.seen) {
      const probe = what === "livez" || what === "readyz";
      (probe ? this.#probes : this.#everyone).push({ startMs, latencyMs, route: what });
      return;
    }
    this.#disturbances.push({ kind: what, startMs, endMs: startMs + latencyMs });
    if (what === "checkouts" && wrong === "") {
      this.#checkouts.push({ totalMs: latencyMs, parts: serverTimingOf(metadata.get("timing") ?? "") });
    }
  }

  get samples(): Omit<PainsSamples, "blocks" | "ramp"> {
    return {
      everyone: this.#everyone,
      probes: this.#probes,
      disturbances: this.#disturbances,
      checkouts: this.#checkouts,
      wrong: this.#wrong,
      refused: this.#refused,
    };
  }
}

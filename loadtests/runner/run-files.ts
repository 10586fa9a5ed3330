import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { Plan } from "@banyan/evidence/duet/observation.ts";
import { isJson } from "../corpus/canonical.ts";
import { text } from "../corpus/record.ts";
import type { RecordedRequest } from "../corpus/request.ts";
import { runningSums } from "../corpus/zipf.ts";
import { paceOf } from "../journey/pace.ts";
import { meanRequests, type World } from "../journey/plan.ts";
import type { EntryFile, HeadersFile, RunFile } from "../k6/run-file.ts";
import type { Schedule } from "../k6/schedule.ts";
import { type DuetOptions, REQUEST_TIMEOUT_MS } from "./options.ts";
import type { Target } from "./target.ts";

/** What a run is made of once everything is known. */
export interface PreparedRun {
  readonly options: DuetOptions;
  readonly plan: Plan;
  readonly schedule: Schedule;
  readonly targets: { readonly a: Target; readonly b: Target; readonly background?: Target };
  readonly requests: readonly RecordedRequest[];
  /** For each request, other digests that say the same: arm b's own spelling of a right answer. */
  readonly alsoRight: readonly (readonly string[])[];
  readonly routes: readonly string[];
  /** Where the background is journeys: what they walk through, and as whom (secret). */
  readonly journey?: { readonly world: World; readonly sessions: readonly string[] };
}

/** Linux gives one variable at most 128 KiB (MAX_ARG_STRLEN). */
const MAX_HEADERS_BYTES = 120 * 1024;

/**
 * Writes what k6 reads into a new folder that only we may enter, and answers the environment for it. Headers are in
 * the environment only. Throws BYN-EVIDENCE-065 when they don't fit there.
 */
export async function writeRunFiles(
  folder: string,
  run: PreparedRun,
): Promise<Readonly<Record<string, string>>> {
  const { a, b, background } = run.options;
  const headers: HeadersFile = {
    a: a.headers,
    b: b.headers,
    background: background?.users.map((user) => user.headers) ?? [],
    sessions: run.journey?.sessions ?? [],
  };
  const headersText = JSON.stringify(headers);
  if (Buffer.byteLength(headersText) > MAX_HEADERS_BYTES) {
    throw new BanyanError("BYN-EVIDENCE-065", `they take more than ${MAX_HEADERS_BYTES} bytes`);
  }
  await mkdir(folder, { mode: 0o700 });
  const file = async (name: string, content: unknown) => {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(content), { mode: 0o600, flag: "wx" });
    return path;
  };
  return {
    BANYAN_DUET_RUN: await file("run.json", runFileOf(run)),
    BANYAN_DUET_ENTRIES: await file("entries.json", entriesOf(run)),
    BANYAN_DUET_TEXTS: await file("texts.json", run.requests.map(textOf)),
    BANYAN_DUET_HEADERS: headersText,
  };
}

function runFileOf(run: PreparedRun): RunFile {
  const { options, plan, schedule, targets, requests } = run;
  return {
    schedule,
    durationMs: plan.endMs + TAIL_MS,
    requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    virtualUsers: virtualUsersFor(options.ratePerSecond),
    arms: { a: { base: targets.a.base }, b: { base: targets.b.base } },
    ...backgroundOf(run),
    cumulative: runningSums(requests.map((request) => request.weight)),
    ignores: options.ignores,
    hosts: hostsOf(Object.values(targets)),
    sideHeader: HEADERS.side,
  };
}

function backgroundOf(run: PreparedRun): Pick<RunFile, "background"> {
  const { options, targets } = run;
  if (options.background === undefined || targets.background === undefined) return {};
  const { ratePerSecond, users } = options.background;
  const common = {
    base: targets.background.base,
    ratePerSecond,
    cumulative: runningSums(users.map((user) => user.weight ?? 1)),
  };
  const { journey } = options.background;
  if (journey === undefined || run.journey === undefined) {
    return { background: { ...common, virtualUsers: virtualUsersFor(ratePerSecond) } };
  }
  const { world } = run.journey;
  const { thinkMs, sidedRoutes } = journey;
  const pace = paceOf(ratePerSecond, meanRequests(options.seed, world), thinkMs);
  return {
    background: {
      ...common,
      virtualUsers: pace.virtualCustomers,
      journey: {
        world,
        journeysPerMinute: pace.journeysPerMinute,
        thinkMs,
        sidedRoutes,
        expectedSides: users.map(({ expectedSide }) => expectedSide ?? null),
        soloSide: options.a.expectedSide ?? null,
      },
    },
  };
}

/** A late machine starts the last iterations of the last look after its end; they are still due. */
const TAIL_MS = 500;

/**
 * Enough for half a second of answers that don't come, and few enough that each connection is used every half
 * second, well within a server's keep-alive.
 */
function virtualUsersFor(ratePerSecond: number): number {
  return Math.max(10, Math.ceil(ratePerSecond / 2));
}

function entriesOf({ requests, alsoRight, routes }: PreparedRun): readonly EntryFile[] {
  return requests.map(({ path, route, expected }, i) => ({
    path,
    route: routes.indexOf(route),
    status: expected.status,
    mediaType: expected.mediaType,
    digests: [expected.digest, ...(alsoRight[i] ?? [])],
    json: isJson(expected.mediaType),
  }));
}

/** Only JSON is ever parsed again; other answers are right by their digest or wrong. */
function textOf({ expected }: RecordedRequest): string {
  return isJson(expected.mediaType) ? text(expected.body) : "";
}

/** Literal addresses need no entry; a name leads to the address that was judged. */
export function hostsOf(targets: readonly Target[]): Record<string, string> {
  return Object.fromEntries(
    targets
      .filter(({ host, pinned }) => host !== pinned.address)
      .map(({ host, pinned }) => [host, pinned.address]),
  );
}

/*
 * Everyone looks at the shop at an even rate, while somebody asks for what hurts it, in some blocks and not in others:
 * an invoice each second, reports one at a time, checkouts one at a time. It measures and judges nothing.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse, type ResponseType } from "k6/http";
import { Trend } from "k6/metrics";
import type { Options } from "k6/options";
import { type PainKind, PRODUCT, SEARCH } from "../../evidence/pains/samples.ts";
import { unit } from "../corpus/random.ts";
import { journeyOf, type View } from "../journey/plan.ts";
import { walk } from "../journey/walk.ts";
import { answerOf, customerIo, headerOf, latencyOf } from "./customer.ts";
import { needed } from "./needed.ts";
import { PAINS_METRICS, type PainsFile, type PainsSecrets } from "./pains-file.ts";

const run: PainsFile = JSON.parse(open(needed("BANYAN_PAINS_RUN")));
const secrets: PainsSecrets = JSON.parse(needed("BANYAN_PAINS_SECRETS"));

const seen = new Trend(PAINS_METRICS.seen);
const pain = new Trend(PAINS_METRICS.pain);

const common = { duration: `${run.durationMs}ms`, gracefulStop: "0s" } as const;
const VIRTUAL_USERS = 40;

export const options: Options = {
  scenarios: {
    everyone: {
      executor: "constant-arrival-rate",
      rate: run.viewsPerMinute,
      timeUnit: "1m",
      preAllocatedVUs: VIRTUAL_USERS,
      maxVUs: VIRTUAL_USERS,
      exec: "everyone",
      ...common,
    },
    probe: {
      executor: "constant-arrival-rate",
      rate: run.probesPerSecond,
      timeUnit: "1s",
      preAllocatedVUs: 10,
      maxVUs: 10,
      exec: "probe",
      ...common,
    },
    somebody: { executor: "constant-vus", vus: 1, exec: "somebody", ...common },
  },
  systemTags: ["status"],
  hosts: { ...run.hosts },
  maxRedirects: 0,
  userAgent: "banyan-loadtests",
};

const LOOKS: readonly View["kind"][] = ["home", "category", "search", "product"];

/** One look at the shop, as journeys have them. */
export function everyone(): void {
  const { iterationInTest: i } = exec.scenario;
  const looks = journeyOf(run.seed, i, run.world).views.filter(({ kind }) => LOOKS.includes(kind));
  const view = looks[Math.floor(unit(run.seed ^ VIEW_SALT, i) * looks.length)];
  if (view === undefined) return;
  const io = customerIo({
    base: run.base,
    headers: () => ({}),
    session: undefined,
    requestTimeoutMs: run.requestTimeoutMs,
    thinkMs: 0,
    random: () => 0,
    seen: ({ route }, wrong, response, askedAtMs) =>
      note(seen, response, askedAtMs, { what: labelOf(view, route), wrong }),
  });
  walk({ signedIn: false, views: [view] }, io);
}

const VIEW_SALT = 0x1f83d9ab;

function labelOf({ kind }: View, route: string): string {
  return kind === "search" ? SEARCH : route === "GET /api/products/:id" ? PRODUCT : route;
}

/** `/livez` touches nothing; `/readyz` waits for a connection of the pool and asks the database for one. */
export function probe(): void {
  for (const what of ["livez", "readyz"]) {
    const askedAtMs = Date.now();
    const response = http.get(`${run.base}/${what}`, {
      tags: { name: what },
      responseType: "none",
      timeout: run.requestTimeoutMs,
    });
    note(seen, response, askedAtMs, { what, wrong: response.status === 200 ? "" : "status" });
  }
}

let asked = 0;

/** Who disturbs: one at a time, in the blocks of each kind; in the quiet ones nobody. */
export function somebody(): void {
  const nowMs = Date.now() - exec.scenario.startTime;
  const block = run.blocks.find(({ endMs }) => nowMs < endMs);
  if (block === undefined) {
    sleep(0.1);
    return;
  }
  const { kind } = block;
  if (kind === "quiet" || nowMs < block.startMs) {
    const untilMs = kind === "quiet" ? block.endMs : block.startMs;
    sleep(Math.max(1, untilMs - nowMs) / 1000);
    return;
  }
  disturb(kind);
  // An invoice a second; of the others the next one when this is done, after a breath.
  const nextMs =
    kind === "invoices"
      ? block.startMs + 1000 * (1 + Math.floor((nowMs - block.startMs) / 1000))
      : Date.now() - exec.scenario.startTime + BREATH_MS;
  const restMs = Math.min(nextMs, block.endMs) - (Date.now() - exec.scenario.startTime);
  if (restMs > 0) sleep(restMs / 1000);
}

const BREATH_MS = 20;

function disturb(kind: PainKind): void {
  asked += 1;
  if (kind === "checkouts") {
    buy();
    return;
  }
  const invoice = run.invoices[asked % run.invoices.length];
  const own = secrets.sessions[invoice?.session ?? 0] ?? "";
  const path = kind === "reports" ? run.reportPath : (invoice?.path ?? "");
  const session = kind === "reports" ? secrets.admin : own;
  const askedAtMs = Date.now();
  const response = http.get(run.base + path, {
    cookies: { session: { value: session, replace: true } },
    tags: { name: kind },
    // A PDF begins with its own name (ISO 32000-2 §7.5.2); a report is JSON.
    responseType: "text",
    timeout: LONG_TIMEOUT_MS,
  });
  const body = typeof response.body === "string" ? response.body : "";
  const right = kind === "reports" ? answerOf(response).json !== undefined : body.startsWith("%PDF-");
  note(pain, response, askedAtMs, {
    what: kind,
    wrong: response.status !== 200 ? "status" : right ? "" : "content",
  });
}

const LONG_TIMEOUT_MS = 30_000;

/** One customer after the other puts something into the cart and pays. Only the paying is noted. */
function buy(): void {
  const id = run.world.wares[asked % Math.min(run.world.wares.length, WARES_BOUGHT)];
  if (id === undefined) return;
  const io = customerIo({
    base: run.base,
    headers: () => ({}),
    session: secrets.sessions[asked % secrets.sessions.length],
    requestTimeoutMs: run.requestTimeoutMs,
    thinkMs: 0,
    random: () => 0,
    seen: ({ route }, wrong, response, askedAtMs) => {
      if (route === "POST /api/orders") note(pain, response, askedAtMs, { what: "checkouts", wrong });
    },
  });
  const views: View[] = [{ kind: "put", id, quantity: 1 }, { kind: "cart" }, { kind: "checkout" }];
  walk({ signedIn: true, views }, io);
}

/** Spread over many, so that no run sells one out. */
const WARES_BOUGHT = 200;

function note(
  trend: Trend,
  response: RefinedResponse<ResponseType>,
  askedAtMs: number,
  tags: { readonly what: string; readonly wrong: string },
): void {
  const latencyMs = tags.wrong === "transport" ? Date.now() - askedAtMs : latencyOf(response);
  const { metadata } = exec.vu.metrics;
  metadata.at = String(askedAtMs - exec.scenario.startTime);
  metadata.timing = headerOf(response, "server-timing", 200);
  trend.add(latencyMs, { ...tags });
  delete metadata.at;
  delete metadata.timing;
}

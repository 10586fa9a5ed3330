import type { BareContext } from "../commands/context.ts";
import { pause } from "./pause.ts";

/** One sample line of Prometheus' text format 0.0.4. */
const LINE = /^([a-z_]+)(?:\{([^}]*)\})? ([0-9.e+]+)$/gm;

export type Worker = "monolith-worker" | "orders-worker" | "inventory-worker";

interface Source {
  readonly name: string;
  readonly url: string;
  readonly token?: string;
  /** Only series of this counter. */
  readonly counter: string;
}

const EVERY_MS = 300;

/**
 * What the processes counted, over all their lives: a process that was killed begins at zero again. What it counted between
 * our last look and its end is lost, so every number is at least so many.
 */
export class Tally {
  readonly #sources: readonly Source[];
  readonly #totals = new Map<string, number>();
  readonly #last = new Map<string, number>();
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor({ addresses, install, state: { ports } }: BareContext) {
    const worker = (name: Worker, port: number): Source => ({
      name,
      url: `http://127.0.0.1:${port}/metrics`,
      counter: "banyan_worker_events_total",
    });
    this.#sources = [
      {
        name: "proxy",
        url: `${addresses.admin}/metrics`,
        token: install.adminToken,
        counter: "banyan_held_requests_total",
      },
      worker("monolith-worker", ports.monolithWorker),
      worker("orders-worker", ports.ordersWorker),
      worker("inventory-worker", ports.inventoryWorker),
    ];
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
    await this.look();
  }

  /** Of all workers, or of one. */
  events(what: string, worker?: Worker): number {
    return this.#sum(worker ?? "", `what="${what}"`);
  }

  /** Requests that met our 421, by how their hold ended; all of them without an outcome. */
  held(outcome?: string): number {
    return this.#sum("proxy", outcome === undefined ? "" : `outcome="${outcome}"`);
  }

  async look(): Promise<void> {
    await Promise.all(this.#sources.map((source) => this.#read(source)));
  }

  #sum(source: string, label: string): number {
    let sum = 0;
    for (const [series, value] of this.#totals) {
      if (series.startsWith(source) && series.includes(label)) sum += value;
    }
    return sum;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.look();
      await pause(EVERY_MS);
    }
  }

  async #read({ name, url, token, counter }: Source): Promise<void> {
    const text = await textOf(url, token);
    if (text === undefined) return;
    for (const [, metric, labels = "", value] of text.matchAll(LINE)) {
      if (metric !== counter) continue;
      const series = `${name} ${labels}`;
      const now = Number(value);
      const before = this.#last.get(series) ?? 0;
      this.#last.set(series, now);
      this.#totals.set(series, (this.#totals.get(series) ?? 0) + (now < before ? now : now - before));
    }
  }
}

/** Undefined while it does not answer. */
async function textOf(url: string, token: string | undefined): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

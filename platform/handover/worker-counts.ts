import type { Delivered } from "./inbox/deliver.ts";

/** What one side's worker of one capability has done since its process began. */
export class WorkerCounts {
  #applied = 0;
  #duplicates = 0;
  #foreign = 0;
  #pulls = 0;
  #quarantined = 0;
  #relayed = 0;

  /** A delivery of the inbox is over. */
  delivered({ applied, duplicates, foreign, pulls, quarantined }: Delivered): void {
    this.#applied += applied;
    this.#duplicates += duplicates;
    this.#foreign += foreign;
    this.#pulls += pulls;
    this.#quarantined += quarantined ? 1 : 0;
  }

  /** The relay has sent and noted so many rows. */
  relayed(rows: number): void {
    this.#relayed += rows;
  }

  get now(): Readonly<Record<What, number>> {
    return {
      applied: this.#applied,
      duplicate: this.#duplicates,
      foreign: this.#foreign,
      pull: this.#pulls,
      quarantine: this.#quarantined,
      relayed: this.#relayed,
    };
  }
}

/** `pull`: how often rows came straight from the peer's outbox. */
const WHAT = ["applied", "duplicate", "foreign", "pull", "quarantine", "relayed"] as const;
type What = (typeof WHAT)[number];

const NAME = "banyan_worker_events_total";

/** For Prometheus (text format 0.0.4): one counter, by capability and by what became of the event. */
export function workerMetrics(counts: ReadonlyMap<string, WorkerCounts>): string {
  const lines = [...counts].flatMap(([capability, { now }]) =>
    WHAT.map((what) => `${NAME}{capability="${capability}",what="${what}"} ${now[what]}\n`),
  );
  return `# HELP ${NAME} What the worker did since it began.\n# TYPE ${NAME} counter\n${lines.join("")}`;
}

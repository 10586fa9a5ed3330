import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What happened to one exchange, in the labels' words. `capability` is `none` for unmatched requests. */
export interface Observation {
  /** `none` when it was refused before a side was decided. */
  readonly side: string;
  /** Why that side (decide/decide.ts). */
  readonly reason: string;
  readonly capability: string;
  readonly status: number;
  /** `broken-off`: its status is that of an answer which the client never got whole. */
  readonly ended: string;
  readonly durationS: number;
  readonly code: string | undefined;
}

export interface Metrics {
  begin(): void;
  end(observation: Observation): void;
  /** A request that met our 421 is over. */
  held(capability: string, outcome: string): void;
  identityUnusable(source: string): void;
  /** Prometheus text. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What one side, capability, status class and reason has seen. */
interface Child {
  readonly labels: { readonly side: string; readonly capability: string };
  readonly status: string;
  readonly reason: string;
  readonly durations: Histogram.Internal<"side" | "capability">;
  /** Those that the counters have not been told of yet. */
  requests: number;
}

const BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** Metrics by side and capability. Paths and identities are never labels: they have no bound. */
export function metrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["side", "capability"] as const;
  // Measured ten times a second, not a hundred: each time wakes an idle process up.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const requests = new Counter({
    name: "banyan_requests_total",
    help: "Requests that are over, by side, capability and status class; broken: the answer broke off.",
    labelNames: [...labelNames, "status"],
    registers,
  });
  const decisions = new Counter({
    name: "banyan_decisions_total",
    help: "Decisions for a side, by their reason, of requests that are over.",
    labelNames: [...labelNames, "reason"],
    registers,
  });
  const durations = new Histogram({
    name: "banyan_request_duration_seconds",
    help: "From the request's header to the end of the answer.",
    labelNames,
    buckets: BUCKETS_S,
    registers,
  });
  const errors = new Counter({
    name: "banyan_errors_total",
    help: "Errors of the proxy's own language, by code.",
    labelNames: [...labelNames, "code"],
    registers,
  });
  let underWay = 0;
  new Gauge({
    name: "banyan_requests_in_flight",
    help: "Requests under way.",
    registers,
    collect() {
      this.set(underWay);
    },
  });
  const unusable = new Counter({
    name: "banyan_identity_unusable_total",
    help: "Credentials that were present but could not be used, by source.",
    labelNames: ["source"],
    registers,
  });
  const held = new Counter({
    name: "banyan_held_requests_total",
    help: "Requests that met a 421 of ours, by how their hold ended.",
    labelNames: ["capability", "outcome"],
    registers,
  });
  // The library makes several texts of all labels for each look-up: we look up ourselves, and tell it when it is asked.
  const children = new Map<string, Child>();

  function childOf({ side, capability, reason, status, ended }: Observation): Child {
    const statusClass = ended === "broken-off" ? "broken" : classOf(status);
    const key = `${side} ${capability} ${statusClass} ${reason}`;
    let child = children.get(key);
    if (child === undefined) {
      const labels = { side, capability };
      child = { labels, status: statusClass, reason, durations: durations.labels(labels), requests: 0 };
      children.set(key, child);
    }
    return child;
  }

  /** Tells the counters what they were not told of yet. */
  function settle(): void {
    for (const child of children.values()) {
      const { labels, status, reason } = child;
      if (child.requests === 0) continue;
      requests.inc({ ...labels, status }, child.requests);
      if (labels.side !== "none") decisions.inc({ ...labels, reason }, child.requests);
      child.requests = 0;
    }
  }

  return {
    begin: () => {
      underWay += 1;
    },
    end(observation) {
      const { side, capability, durationS, code } = observation;
      underWay -= 1;
      const child = childOf(observation);
      child.requests += 1;
      child.durations.observe(durationS);
      if (code !== undefined) errors.inc({ side, capability, code });
    },
    held: (capability, outcome) => held.inc({ capability, outcome }),
    identityUnusable: (source) => unusable.inc({ source }),
    text: async () => {
      settle();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function classOf(status: number): string {
  return status === 0 ? "none" : `${Math.floor(status / 100)}xx`;
}

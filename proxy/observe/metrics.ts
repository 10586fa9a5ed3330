import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What happened to one exchange, in the labels' words. `capability` is `none` for unmatched requests. */
export interface Observation {
  readonly side: string;
  readonly capability: string;
  readonly status: number;
  readonly durationS: number;
  readonly code: string | undefined;
}

export interface Metrics {
  begin(): void;
  end(observation: Observation): void;
  identityUnusable(source: string): void;
  /** Prometheus text. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What one side, capability and status class has seen. */
interface Child {
  readonly labels: { readonly side: string; readonly capability: string; readonly status: string };
  readonly durations: Histogram.Internal<"side" | "capability">;
  /** Those that the counter has not been told of yet. */
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
  new Counter({
    name: "banyan_requests_total",
    help: "Requests that are over, by side, capability and status class.",
    labelNames: [...labelNames, "status"],
    registers,
    collect() {
      for (const child of children) {
        if (child.requests > 0) this.inc(child.labels, child.requests);
        child.requests = 0;
      }
    },
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
  // The library makes a text of all labels for each look-up: we look up ourselves, and tell it when it is asked.
  const children: Child[] = [];
  const byLabels = new Map<string, Map<string, (Child | undefined)[]>>();

  function childOf(side: string, capability: string, status: number): Child {
    const ofSide = byLabels.get(side) ?? new Map<string, (Child | undefined)[]>();
    const ofCapability = ofSide.get(capability) ?? [];
    const statusClass = Math.floor(status / 100);
    let child = ofCapability[statusClass];
    if (child === undefined) {
      const labels = { side, capability, status: status === 0 ? "none" : `${statusClass}xx` };
      child = { labels, durations: durations.labels({ side, capability }), requests: 0 };
      ofCapability[statusClass] = child;
      byLabels.set(side, ofSide.set(capability, ofCapability));
      children.push(child);
    }
    return child;
  }

  return {
    begin: () => {
      underWay += 1;
    },
    end({ side, capability, status, durationS, code }) {
      underWay -= 1;
      const child = childOf(side, capability, status);
      child.requests += 1;
      child.durations.observe(durationS);
      if (code !== undefined) errors.inc({ side, capability, code });
    },
    identityUnusable: (source) => unusable.inc({ source }),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

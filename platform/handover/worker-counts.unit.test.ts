import { expect, test } from "vitest";
import { WorkerCounts, workerMetrics } from "./worker-counts.ts";

test("deliveries and relayed rows add up, and Prometheus reads them by capability", () => {
  const counts = new WorkerCounts();
  const delivery = {
    applied: 2,
    duplicates: 3,
    foreign: 1,
    pulls: 1,
    quarantined: false,
    end: "taken",
  } as const;
  counts.delivered(delivery);
  counts.delivered({ ...delivery, quarantined: true });
  counts.relayed(5);
  const text = workerMetrics(new Map([["orders", counts]]));
  expect(text).toContain('banyan_worker_events_total{capability="orders",what="applied"} 4\n');
  expect(text).toContain('banyan_worker_events_total{capability="orders",what="duplicate"} 6\n');
  expect(text).toContain('banyan_worker_events_total{capability="orders",what="foreign"} 2\n');
  expect(text).toContain('banyan_worker_events_total{capability="orders",what="pull"} 2\n');
  expect(text).toContain('banyan_worker_events_total{capability="orders",what="quarantine"} 1\n');
  expect(text).toContain('banyan_worker_events_total{capability="orders",what="relayed"} 5\n');
  expect(text.startsWith("# HELP banyan_worker_events_total ")).toBe(true);
});

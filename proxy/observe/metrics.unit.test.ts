import { expect, test } from "vitest";
import { metrics } from "./metrics.ts";

test("every request is counted once by side, capability and status class, however often the text is asked for", async () => {
  const counts = metrics();
  const end = (side: string, capability: string, status: number, code?: string, ended = "whole") => {
    counts.begin();
    const reason = side === "none" ? "undecided" : "percentage";
    counts.end({ side, reason, capability, status, ended, durationS: 0.003, code });
  };
  for (let i = 0; i < 3; i++) end("monolith", "catalog", 200);
  end("extracted", "catalog", 204);
  await counts.text();
  end("monolith", "catalog", 201);
  end("monolith", "none", 502, "BYN-PROXY-010");
  end("monolith", "none", 0);
  end("extracted", "catalog", 200, undefined, "broken-off");
  end("none", "none", 431);
  counts.begin();
  await counts.text();
  const { body } = await counts.text();
  const lines = body
    .split("\n")
    .filter((line) => /^banyan_(requests|decisions|errors)|_seconds_count/.test(line));
  expect(lines.sort()).toEqual([
    'banyan_decisions_total{side="extracted",capability="catalog",reason="percentage"} 2',
    'banyan_decisions_total{side="monolith",capability="catalog",reason="percentage"} 4',
    'banyan_decisions_total{side="monolith",capability="none",reason="percentage"} 2',
    'banyan_errors_total{side="monolith",capability="none",code="BYN-PROXY-010"} 1',
    'banyan_request_duration_seconds_count{side="extracted",capability="catalog"} 2',
    'banyan_request_duration_seconds_count{side="monolith",capability="catalog"} 4',
    'banyan_request_duration_seconds_count{side="monolith",capability="none"} 2',
    'banyan_request_duration_seconds_count{side="none",capability="none"} 1',
    "banyan_requests_in_flight 1",
    'banyan_requests_total{side="extracted",capability="catalog",status="2xx"} 1',
    'banyan_requests_total{side="extracted",capability="catalog",status="broken"} 1',
    'banyan_requests_total{side="monolith",capability="catalog",status="2xx"} 4',
    'banyan_requests_total{side="monolith",capability="none",status="5xx"} 1',
    'banyan_requests_total{side="monolith",capability="none",status="none"} 1',
    'banyan_requests_total{side="none",capability="none",status="4xx"} 1',
  ]);
});

import { describe, expect, it } from "vitest";
import { servedBetween, servedIn } from "./served.ts";

const text = `# HELP banyan_requests_total Requests that are over.
# TYPE banyan_requests_total counter
banyan_requests_total{side="monolith",capability="catalog",status="2xx"} 1200
banyan_requests_total{side="monolith",capability="catalog",status="4xx"} 3
banyan_requests_total{side="extracted",capability="catalog",status="2xx"} 1.5e+3
banyan_requests_total{side="extracted",capability="orders",status="2xx"} 7
banyan_requests_in_flight 2
`;

describe("requests served by each side", () => {
  it("are summed over status classes, of one capability only", () => {
    expect(servedIn(text, "catalog")).toEqual({ monolith: 1203, extracted: 1500 });
    expect(servedIn(text, "carts")).toEqual({ monolith: 0, extracted: 0 });
  });

  it("are unknown, not negative, when the proxy was restarted in between", () => {
    const before = { monolith: 10, extracted: 0 };
    expect(servedBetween(before, { monolith: 25, extracted: 5 })).toEqual({ monolith: 15, extracted: 5 });
    expect(servedBetween(before, { monolith: 4, extracted: 0 })).toBeUndefined();
    expect(servedBetween(undefined, before)).toBeUndefined();
  });
});

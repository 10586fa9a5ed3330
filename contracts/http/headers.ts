/** Header names that cross processes. All lower case, as Node gives them. */
export const HEADERS = {
  requestId: "x-request-id",
  traceparent: "traceparent",
  /** Signed by the install's key; chooses the side for one capability (contracts/http/override.ts). */
  override: "x-banyan-override",
  /** On answers: the side that served it. Set by the proxy. */
  side: "x-banyan-side",
  /** On answers, to holders of the debug token only: the decision and its reason. */
  decision: "x-banyan-decision",
  debug: "x-banyan-debug",
  /** How many Banyan proxies a request has passed (loops are refused). */
  hops: "x-banyan-hops",
  /** Between the shop's own services: the install's service token. Without it internal routes are 404. */
  service: "x-service-token",
} as const;

export const SIDES = ["monolith", "extracted"] as const;
export type Side = (typeof SIDES)[number];

export function peerOf(side: Side): Side {
  return side === "monolith" ? "extracted" : "monolith";
}

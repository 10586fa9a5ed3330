import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { ReportPeers } from "./copies.ts";

/** Where the other side's feed role reads (`ORDERS_PEER_URL`, `INVENTORY_PEER_URL`); undefined: nowhere. */
export interface PeerUrls {
  readonly orders: string | undefined;
  readonly inventory: string | undefined;
}

/** A report is not kept waiting for how far behind it is. */
const STATEMENT_MS = 2_000;

/** What the reports ask of the owners of what this side does not own; one connection each, opened when it is asked. */
export function openReportPeers(
  { orders, inventory }: PeerUrls,
  log: Log,
): { readonly peers: ReportPeers; close(): Promise<void> } {
  const pools = [orders, inventory].map((url) =>
    url === undefined
      ? undefined
      : createPool(url, { max: 1, name: "monolith-reports", statementMs: STATEMENT_MS }, log),
  );
  const [ofOrders, ofInventory] = pools.map((pool) => (pool === undefined ? undefined : peerOutbox(pool)));
  return {
    peers: { [ORDERS]: ofOrders, [INVENTORY]: ofInventory },
    close: async () => {
      await Promise.all(pools.map((pool) => pool?.end()));
    },
  };
}

import type { Inventory } from "@banyan/shop/checkout/partners.ts";

type State = "held" | "confirmed" | "released" | "returned";

/** An inventory in memory that keeps the rules of contracts/http/reservations.ts: ids, repeats, tombstones. */
export interface StandInInventory extends Inventory {
  set(sku: string, onHand: number): void;
  onHand(sku: string): number;
  /** How many reservations stand in each state. */
  states(): Record<string, number>;
  forget(): void;
}

export function standInInventory(): StandInInventory {
  const stock = new Map<string, number>();
  const reservations = new Map<string, { sku: string; quantity: number; state: State }>();
  const onHand = (sku: string) => stock.get(sku) ?? 0;
  const add = (sku: string, quantity: number) => stock.set(sku, onHand(sku) + quantity);
  return {
    set: (sku, quantity) => void stock.set(sku, quantity),
    onHand,
    states: () => {
      const counted: Record<string, number> = {};
      for (const { state } of reservations.values()) counted[state] = (counted[state] ?? 0) + 1;
      return counted;
    },
    forget: () => {
      stock.clear();
      reservations.clear();
    },
    reserve: async (sku, id, { quantity }) => {
      const known = reservations.get(id);
      if (known !== undefined) return { kind: known.state === "released" ? "undone" : "held" };
      if (onHand(sku) < quantity) return { kind: "short", left: onHand(sku) };
      add(sku, -quantity);
      reservations.set(id, { sku, quantity, state: "held" });
      return { kind: "held" };
    },
    confirm: async (_sku, id) => {
      const known = reservations.get(id);
      if (known === undefined || known.state === "released" || known.state === "returned") return "gone";
      known.state = "confirmed";
      return "confirmed";
    },
    release: async (sku, id) => {
      const known = reservations.get(id);
      if (known?.state === "confirmed") return "confirmed";
      if (known === undefined) reservations.set(id, { sku, quantity: 0, state: "released" });
      else if (known.state === "held") {
        add(sku, known.quantity);
        known.state = "released";
      }
      return "released";
    },
    giveBack: async (sku, id, quantity) => {
      const known = reservations.get(id);
      if (known?.state === "returned" || known?.state === "released") return;
      add(sku, known?.quantity ?? quantity);
      reservations.set(id, { sku, quantity, state: "returned" });
    },
  };
}

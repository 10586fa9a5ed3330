import type { Card, Charge } from "@banyan/contracts/http/charges.ts";

/** A card that is charged, but whose answer never comes: the connection is held. For time-outs. */
export const SILENT_CARD = "4000000000000341";

const DECLINED: Readonly<Record<string, string>> = {
  "4000000000000002": "the bank said no",
  "4000000000009995": "insufficient funds",
};

/** What a card does here: some numbers always decline, every other one is charged until it expires. */
export function decide(card: Card, now: Date): Pick<Charge, "status" | "reason"> {
  const reason = DECLINED[card.number] ?? (isExpired(card.expiry, now) ? "the card has expired" : undefined);
  return reason === undefined ? { status: "charged" } : { status: "declined", reason };
}

/** A card is good to the end of the month printed on it, anywhere on Earth (UTC−12). */
function isExpired(expiry: string, now: Date): boolean {
  const [month, year] = expiry.split("/").map(Number);
  return now.getTime() >= Date.UTC(2000 + (year ?? 0), month ?? 0, 1, 12);
}

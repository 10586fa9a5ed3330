import type { Money } from "@banyan/contracts/http/catalog.ts";

/**
 * Minor units as people read them in mails and on invoices: `€1,234.50`; another currency than euro by its code. By hand
 * and not by `Intl`: an invoice's bytes must not change with the ICU data of the next Node.
 */
export function moneyText({ amount, currency }: Money): string {
  const whole = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  const cents = String(amount % 100).padStart(2, "0");
  return `${currency === "EUR" ? "€" : `${currency} `}${whole}.${cents}`;
}

/** Ireland's standard rate of VAT in percent, by the first day (UTC) on which it was in force; the newest first. */
const RATES_PERCENT = [
  ["2021-03-01", 23],
  ["2020-09-01", 21],
  ["2012-01-01", 23],
] as const;

export interface VatSplit {
  readonly percent: number;
  /** Minor units; `net + vat` is the gross amount. */
  readonly net: number;
  readonly vat: number;
}

/**
 * What of a gross amount (minor units, VAT included) is VAT on the day of the order: gross · rate / (100 + rate), rounded
 * to the nearest cent, once for the whole invoice. A half can't occur: 100 + rate is odd.
 */
export function vatOf(gross: number, placedAt: string): VatSplit {
  const [, percent] = RATES_PERCENT.find(([from]) => placedAt >= from) ?? ["", 23];
  const vat = Math.round((gross * percent) / (100 + percent));
  return { percent, net: gross - vat, vat };
}

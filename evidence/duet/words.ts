/** 0.0234 → "2.34 %"; three digits are enough to compare with a limit. */
export function percent(share: number): string {
  return `${digits(share * 100)} %`;
}

/** A ratio as a change: 1.043 → "+4.3 %". */
export function change(ratio: number): string {
  const share = (ratio - 1) * 100;
  return `${share < 0 ? "−" : "+"}${Math.abs(share).toFixed(1)} %`;
}

export function ms(value: number): string {
  return `${digits(value)} ms`;
}

/** Milliseconds with their sign, for a difference. */
export function signedMs(value: number): string {
  return `${value < 0 ? "−" : "+"}${ms(Math.abs(value))}`;
}

/** A difference of shares: 0.0023 → "+0.23 points". */
export function points(share: number): string {
  return `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(2)} points`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** `1 product`, `1,200 products`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${WHOLE.format(number)} ${number === 1 ? one : many}`;
}

const WHOLE = new Intl.NumberFormat("en-US");

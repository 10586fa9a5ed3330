/** An address below another one, whose own path is kept: a hosted Unleash may live under one. */
export function under(base: string, path: string): string {
  return new URL(path, base.endsWith("/") ? base : `${base}/`).href;
}

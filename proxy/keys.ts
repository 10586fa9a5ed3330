/** The proxy's secrets, all optional: what has no key is off. They come from the environment (main.ts) alone. */
export interface Keys {
  /** Base64url of 32 bytes; without it every override is refused. */
  readonly override: string | undefined;
  /** Without it there are no visitor identities. */
  readonly visitor: Buffer | undefined;
  /** Without it the admin API answers `/livez` and `/readyz` only. */
  readonly adminToken: string | undefined;
  /** Without it nobody is told about decisions in answers. */
  readonly debugToken: string | undefined;
}

/** One sentence for each feature that is off for want of a key. */
export function featuresOff(keys: Keys): string[] {
  return [
    ...(keys.override === undefined ? ["signed overrides (BANYAN_OVERRIDE_KEY)"] : []),
    ...(keys.visitor === undefined ? ["visitor identities (BANYAN_VISITOR_KEY)"] : []),
    ...(keys.adminToken === undefined
      ? ["metrics and decisions on the admin port (BANYAN_ADMIN_TOKEN)"]
      : []),
    ...(keys.debugToken === undefined ? ["x-banyan-decision (BANYAN_DEBUG_TOKEN)"] : []),
  ];
}

/**
 * Names and durations (ms) of a `Server-Timing` header (W3C Server Timing §3). Metrics stand behind commas in the header;
 * `_` is taken for one too, because k6's CSV cannot carry commas. Metrics without `dur` are left out.
 */
export function serverTimingOf(header: string): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const metric of header.split(/[,_]/)) {
    const [name, ...parameters] = metric.split(";").map((part) => part.trim());
    const duration = parameters
      .map((parameter) => /^dur[=:](\d+(?:\.\d+)?)$/.exec(parameter)?.[1])
      .find(Boolean);
    if (name !== undefined && name !== "" && duration !== undefined) parts[name] = Number(duration);
  }
  return parts;
}

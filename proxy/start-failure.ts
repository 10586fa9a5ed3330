import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

export const USAGE = "usage: npm run proxy -- --config FILE [--port N] [--admin-port N]";

/** Why the proxy did not start, for the person who typed it: code, what happened, each mistake once, what to do. Pure. */
export function startFailure({ code, entry, detail, mistakes }: BanyanError): string {
  const lines = mistakes
    .filter(({ message }) => !detail.includes(message))
    .map(({ place, message }) => `    ${place}: ${message}`);
  return [`${code} ${entry.title}: ${detail}`, ...lines, `  ${whatToDo(code, entry.whatToDo)}`, ""].join(
    "\n",
  );
}

function whatToDo(code: BanyanError["code"], usual: string): string {
  if (code === "BYN-CONFIG-006") return USAGE;
  if (code !== "BYN-PARTS-005") return usual;
  return "Stop what listens there, or choose another: `--port N` for customers, `--admin-port N` for the admin port.";
}

import { type Chromium, findChromium } from "@banyan/scripts/parts/chromium.ts";
import { type Browser, chromium } from "playwright-core";

const found: Chromium = await findChromium(process.env);

/** Why there is no browser; undefined when there is one. */
export const lacking = found.path === null ? (process.env.BANYAN_NO_CHROMIUM ?? found.reason) : undefined;
export const hasChromium = lacking === undefined;
/** For the title of a test that is skipped without a browser. */
export const why = lacking === undefined ? "" : ` (skipped: ${lacking})`;

/** Chromium that runs as root too, and asks nobody but the pages it is sent to. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: found.path ?? "",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

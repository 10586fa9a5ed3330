import { type Chromium, findChromium } from "@banyan/scripts/parts/chromium.ts";
import { type Browser, chromium } from "playwright-core";

const found: Chromium = await findChromium(process.env);

/** For the title of a test that is skipped without a browser. */
export const why = found.path === null ? ` (skipped: ${process.env.BANYAN_NO_CHROMIUM ?? found.reason})` : "";
export const hasChromium = found.path !== null;

/** Chromium as root and without a network of its own. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: found.path ?? "",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { ReportAssets } from "@banyan/evidence/report/report.ts";
import { removeQuietly, syncFolder, writeNewFile } from "./durable.ts";
import { storageError } from "./storage-error.ts";

/**
 * Reads what a report carries inside: uPlot from the package, the page's own style and script from the room.
 *
 * @throws BanyanError BYN-EVIDENCE-031 when a part is missing
 */
export async function readReportAssets(): Promise<ReportAssets> {
  try {
    const room = createRequire(createRequire(import.meta.url).resolve("@banyan/evidence/package.json"));
    const uplot = dirname(room.resolve("uplot"));
    const page = dirname(room.resolve("@banyan/evidence/report/page/page.css"));
    const read = (...path: string[]): Promise<string> => readFile(join(...path), "utf8");
    const [uplotScript, uplotStyle, uplotLicence, pageScript, pageStyle] = await Promise.all([
      read(uplot, "uPlot.iife.min.js"),
      read(uplot, "uPlot.min.css"),
      read(uplot, "..", "LICENSE"),
      read(page, "plots.js"),
      read(page, "page.css"),
    ]);
    return { uplotScript, uplotStyle, uplotLicence, pageScript, pageStyle };
  } catch (error) {
    throw storageError(error, "BYN-EVIDENCE-031", "reading the parts of a report");
  }
}

/**
 * Writes a report in one piece: whoever opens the file sees the old one or the new one whole.
 *
 * @throws BanyanError BYN-EVIDENCE-022, -031
 */
export async function writeReport(path: string, text: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(beside, { force: true });
    await writeNewFile(beside, text);
    await rename(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await removeQuietly(beside);
    throw storageError(error, "BYN-EVIDENCE-031", `writing ${path}`);
  }
}

import { dirname } from "node:path";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { unnamedBundles, verifyBundles } from "@banyan/evidence/ledger/verify-bundles.ts";
import { renderReport } from "@banyan/evidence/report/report.ts";
import { listBundles, readBundle } from "@banyan/platform/records/bundle-folder.ts";
import { readLedger, requireWhole } from "@banyan/platform/records/ledger-file.ts";
import { readReportAssets, writeReport } from "@banyan/platform/records/report-file.ts";
import { readAllPains } from "../lesson/pains-file.ts";
import type { CommandContext } from "./context.ts";

/** Writes the report from what is on the disk; needs nothing running. */
export async function makeReport({
  places,
}: Pick<CommandContext, "places">): Promise<{ path: string; problems: number; entries: number }> {
  const ledger = await readLedger(places.ledger);
  const read = (id: string) => readBundle(places.evidence, id);
  const bundles: Bundle[] = [];
  const sealed = await listBundles(places.evidence);
  for (const id of sealed) {
    const reading = await read(id);
    if (reading.found) bundles.push(reading.bundle);
  }
  const problems = [
    ...(await verifyBundles(ledger.entries, read)),
    ...unnamedBundles(ledger.entries, sealed),
  ];
  const assets = await readReportAssets();
  const pains = await readAllPains(places.evidence);
  const text = renderReport({ ledger, bundles, pains, problems, assets, madeAt: new Date().toISOString() });
  await writeReport(places.report, text);
  return { path: places.report, problems: problems.length, entries: ledger.entries.length };
}

/** A ledger or bundle that was changed is said in the report and here, and makes the command fail. */
export async function reportCommand(context: CommandContext): Promise<void> {
  const { screen, places } = context;
  const { path, problems, entries } = await makeReport(context);
  screen.good(`${path}`);
  screen.say(`  open it in a browser: file://${path} (evidence: ${dirname(path)}/evidence)`);
  requireWhole(await readLedger(places.ledger));
  if (problems > 0)
    screen.bad(
      `${problems} bundles are missing, were changed, or are in no ledger entry: the report names them`,
    );
  else screen.good(`the ledger holds: ${entries} entries, each bundle as it was sealed`);
  screen.result({ path, entries, problems });
  if (problems > 0) process.exitCode = 1;
}

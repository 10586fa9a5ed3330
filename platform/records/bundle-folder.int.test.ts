import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { signOverride } from "@banyan/contracts/http/override.ts";
import { exampleDraft } from "@banyan/evidence/bundle/example-bundle.ts";
import { exampleEntry, exampleLedger } from "@banyan/evidence/ledger/example-ledger.ts";
import { verifyBundles } from "@banyan/evidence/ledger/verify-bundles.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listBundles, type OpenBundle, openBundle, readBundle, sweepIncomplete } from "./bundle-folder.ts";

const key = Buffer.alloc(32, 7).toString("base64url");
const token = signOverride({ capability: "catalog", side: "extracted", expiresAtS: 2_000_000_000 }, key);
const draft = exampleDraft(10);

let root: string;
let opened = 0;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "banyan-evidence-")), "evidence");
});
afterEach(() => rmSync(join(root, ".."), { recursive: true, force: true }));

function open(): Promise<OpenBundle> {
  opened += 1;
  return openBundle(root, { nowMs: 1_795_000_000_000 + opened, random: new Uint8Array(10), secrets: [key] });
}

async function sealed(): Promise<{ id: string; folder: string; hash: string }> {
  const bundle = await open();
  writeFileSync(join(bundle.folder, "samples.csv.gz"), gzipSync("arm,latency\na,6.1\n"));
  writeFileSync(join(bundle.folder, "k6.log"), `level=info\nx-banyan-override: ${token}\ndone\n`);
  const { hash, folder } = await bundle.seal(draft);
  return { id: bundle.id, folder, hash };
}

describe("openBundle", () => {
  it("is not there for readers until it is sealed, and then whole", async () => {
    const bundle = await open();
    writeFileSync(join(bundle.folder, "summary.json"), "{}");
    expect(await listBundles(root)).toEqual([]);
    const { hash } = await bundle.seal(draft);
    expect(await listBundles(root)).toEqual([bundle.id]);
    const reading = await readBundle(root, bundle.id);
    if (!reading.found) throw new Error(reading.text);
    expect(reading.changedFiles).toEqual([]);
    expect(reading.bundle.files.map((file) => file.name)).toEqual(["summary.json"]);
    const ledger = exampleLedger([exampleEntry(reading.bundle)]);
    expect(ledger[0]?.body).toMatchObject({ bundle: { hash } });
    expect(await verifyBundles(ledger, (id) => readBundle(root, id))).toEqual([]);
    expect(readdirSync(root)).toEqual([bundle.id]);
  });

  it("sorts by the time at which it was opened", async () => {
    const ids = [await sealed(), await sealed(), await sealed()].map(({ id }) => id);
    expect(await listBundles(root)).toEqual(ids);
  });

  it("takes tokens out of logs, and keeps the rest of them", async () => {
    const { folder } = await sealed();
    expect(readFileSync(join(folder, "k6.log"), "utf8")).toMatch(/^level=info\n.*\[removed: .*\]\ndone\n$/);
  });

  it.each([
    ["an override token in raw data", "requests.json", (): Buffer => Buffer.from(`{"headers":"${token}"}`)],
    ["the key inside of gzip", "samples.csv.gz", (): Buffer => gzipSync(`${"a,1\n".repeat(50_000)}${key}\n`)],
    ["a cookie in the corpus", "corpus.json", (): Buffer => Buffer.from('{"cookie":"session=abcdefghijkl"}')],
  ])("refuses %s, says where, never what, and stores nothing", async (_what, name, content) => {
    const bundle = await open();
    writeFileSync(join(bundle.folder, name), content());
    const refused = await bundle.seal(draft).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: "BYN-EVIDENCE-027", message: expect.stringContaining(name) });
    expect(String(refused)).not.toContain(token.slice(3, 20));
    expect(readdirSync(root)).toEqual([]);
  });

  it("finds a secret on the edge of two chunks", async () => {
    const bundle = await open();
    writeFileSync(join(bundle.folder, "big.csv"), `${"x".repeat(65_536 - 20)}\n${key}\n${"x".repeat(9_000)}`);
    await expect(bundle.seal(draft)).rejects.toThrow("BYN-EVIDENCE-027");
  });

  it("refuses a secret in bundle.json itself", async () => {
    const bundle = await open();
    const leaking = { ...draft, flags: { source: "unleash", values: { token } } };
    await expect(bundle.seal(leaking)).rejects.toThrow("BYN-EVIDENCE-027 bundle.json");
    expect(readdirSync(root)).toEqual([]);
  });

  it("refuses links and folders, and a draft that is none, and stores nothing", async () => {
    const linked = await open();
    symlinkSync("/etc/hostname", join(linked.folder, "host"));
    await expect(linked.seal(draft)).rejects.toThrow("BYN-EVIDENCE-023");
    const nested = await open();
    mkdirSync(join(nested.folder, "deep"));
    await expect(nested.seal(draft)).rejects.toThrow("BYN-EVIDENCE-023");
    const wrong = await open();
    await expect(wrong.seal({ ...draft, reasons: [] })).rejects.toThrow("BYN-EVIDENCE-025");
    expect(readdirSync(root)).toEqual([]);
  });
});

describe("readBundle", () => {
  it("finds edited raw data, an added file, an edited bundle.json and a missing folder", async () => {
    const { id, folder } = await sealed();
    chmodSync(join(folder, "samples.csv.gz"), 0o644);
    appendFileSync(join(folder, "samples.csv.gz"), "x");
    writeFileSync(join(folder, "more.txt"), "");
    expect(await readBundle(root, id)).toMatchObject({
      changedFiles: ["samples.csv.gz", "more.txt (added)"],
    });
    chmodSync(join(folder, "bundle.json"), 0o644);
    writeFileSync(join(folder, "bundle.json"), "{}");
    expect(await readBundle(root, id)).toMatchObject({ found: false, why: "unreadable" });
    rmSync(folder, { recursive: true });
    expect(await readBundle(root, id)).toMatchObject({ found: false, why: "missing" });
    expect(await readBundle(root, "../../etc")).toMatchObject({ found: false, why: "missing" });
  });
});

it("sweeps what a killed run had gathered, and leaves a running one alone", async () => {
  const running = await open();
  const script = `
    import { openBundle } from ${JSON.stringify(join(import.meta.dirname, "bundle-folder.ts"))};
    await openBundle(${JSON.stringify(root)}, { nowMs: 1, random: new Uint8Array(10), secrets: [] });
    console.log("open");
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  expect(await sweepIncomplete(root)).toEqual([]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await sweepIncomplete(root)).toEqual([expect.stringMatching(/^00000000-0001-7/)]);
  await running.discard();
  expect(readdirSync(root)).toEqual([]);
});

const canMount = ((): boolean => {
  try {
    execFileSync("unshare", ["-Urm", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!canMount)(
  "leaves nothing half-written when the disk is full, and says so with its code (needs user namespaces)",
  () => {
    const folder = join(root, "..");
    const fixture = join(import.meta.dirname, "full-disk.fixture.ts");
    const script = 'mount -t tmpfs -o size=128k none "$1" && exec "$2" "$3" "$1"';
    const said = execFileSync(
      "unshare",
      ["-Urm", "sh", "-c", script, "sh", folder, process.execPath, fixture],
      {
        encoding: "utf8",
      },
    );
    expect(JSON.parse(said)).toEqual({
      sealed: "BYN-EVIDENCE-022",
      left: [],
      appended: "BYN-EVIDENCE-022",
      grown: true,
      whole: true,
      after: "done",
      ok: true,
    });
  },
);

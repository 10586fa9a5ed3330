import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError, type Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import { readCommit } from "../gate/commit.ts";
import { cacheFolder } from "../parts/cache.ts";
import { findChromium } from "../parts/chromium.ts";
import { findK6 } from "../parts/k6.ts";
import { findKafka } from "../parts/kafka-install.ts";
import { findBinaries } from "../parts/postgres-binaries.ts";
import { checkServer } from "../parts/postgres-databases.ts";
import { findOnPath } from "../parts/tool.ts";
import { findUnleash } from "../parts/unleash-install.ts";
import { readStackState } from "../stack/state.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { type CommandContext, loadSettingsAlone } from "./context.ts";

interface Finding {
  readonly part: string;
  /** `later`: not there yet, but the command that needs it gets it. */
  readonly state: "there" | "later" | "missing";
  readonly detail: string;
  /** One by one, where there are several. */
  readonly mistakes?: readonly Mistake[];
}

const SETTINGS = "banyan.yaml";
const MIN_FREE_BYTES = 2 * 1024 ** 3;

/** Looks, changes nothing, fetches nothing. Exit code 5 when a part is missing that can't be got from here. */
export async function doctorCommand(context: CommandContext): Promise<void> {
  const { screen } = context;
  const findings = [
    { part: "Node", state: "there", detail: `${process.version} (pinned in package.json)` } as const,
    await postgres(context),
    await unleash(context),
    await k6(context),
    await chromium(context),
    await kafka(context),
    await disk(context),
    await git(context),
    settings(context),
  ];
  screen.title("Real parts");
  for (const { part, state, detail } of findings) {
    const show = { there: screen.good, later: screen.warn, missing: screen.bad }[state];
    show(`${part.padEnd(11)} ${detail}`);
  }
  const missing = findings.filter(({ state }) => state === "missing");
  for (const { place, message } of findings.flatMap(({ mistakes }) => mistakes ?? []))
    screen.say(`    ${place}: ${message}`);
  screen.result({ findings: findings.map(({ mistakes: _shown, ...finding }) => finding) });
  if (missing.some(({ part }) => part !== SETTINGS)) process.exitCode = EXIT.partMissing;
  else if (missing.length > 0) process.exitCode = EXIT.usage;
  else if (readStackState(context.places.stack) === undefined) screen.next("npm run banyan -- up");
  else screen.next("npm run banyan -- status", "it is up");
}

/** `banyan.yaml`, as the proxy would read it. */
function settings(context: CommandContext): Finding {
  try {
    const names = Object.keys(loadSettingsAlone(context).capabilities);
    return { part: SETTINGS, state: "there", detail: `capabilities: ${names.join(", ") || "none"}` };
  } catch (error) {
    const mistakes = error instanceof BanyanError ? error.mistakes : [];
    return { part: SETTINGS, state: "missing", detail: wordsOf(error), mistakes };
  }
}

async function postgres({ environment }: CommandContext): Promise<Finding> {
  const part = "Postgres";
  const external = environment.DATABASE_URL;
  try {
    if (external !== undefined) {
      await checkServer(external);
      return { part, state: "there", detail: "yours, from DATABASE_URL" };
    }
    const { label } = await findBinaries();
    return { part, state: "there", detail: `embedded (${label})` };
  } catch (error) {
    return { part, state: "missing", detail: wordsOf(error) };
  }
}

async function unleash({ environment, places }: CommandContext): Promise<Finding> {
  const part = "Unleash";
  if (environment.UNLEASH_URL !== undefined)
    return { part, state: "there", detail: `yours, at ${environment.UNLEASH_URL}` };
  const found = await findUnleash({
    cacheFolder: cacheFolder(environment),
    toolFolder: join(places.root, "tools", "unleash"),
  });
  if (found !== null) return { part, state: "there", detail: `installed in ${found.folder}` };
  return { part, state: "later", detail: "installed by `up` from npm (about a minute, once)" };
}

async function k6({ environment, places }: CommandContext): Promise<Finding> {
  const part = "k6";
  const moduleFolder = join(places.root, "tools", "k6");
  const found = await findK6({
    cacheFolder: cacheFolder(environment),
    moduleFolder,
    env: environment,
    say: () => {},
  });
  if (found !== null) return { part, state: "there", detail: `${found.version} at ${found.path}` };
  const go = await findOnPath("go", environment);
  if (go === null)
    return {
      part,
      state: "later",
      detail: "downloaded by `prove` and `compare`; without network or Go there is none to be had",
    };
  return {
    part,
    state: "later",
    detail: "downloaded, or built with Go (two minutes, once), by `prove` and `compare`",
  };
}

async function chromium({ environment }: CommandContext): Promise<Finding> {
  const part = "Chromium";
  const found = await findChromium(environment);
  if (found.path !== null) return { part, state: "there", detail: found.version };
  return {
    part,
    state: "later",
    detail: "only the browser tests need it; `npm test` installs it where it may",
  };
}

async function kafka({ environment, places }: CommandContext): Promise<Finding> {
  const part = "Kafka";
  const brokers = environment.KAFKA_BROKERS;
  if (brokers !== undefined) return { part, state: "there", detail: `yours, at ${brokers}` };
  const wanted = "only `--kafka` and `npm run kafka` need it";
  const { folder, missing } = await findKafka({
    cacheFolder: cacheFolder(environment),
    toolFolder: join(places.root, "tools", "kafka"),
    env: environment,
  });
  if (missing.length > 0) {
    return { part, state: "later", detail: `${wanted}, with ${missing.join(" and ")} on the PATH first` };
  }
  if (folder !== null) return { part, state: "there", detail: `installed in ${folder}` };
  return { part, state: "later", detail: `${wanted}: fetched with Maven (half a minute, once)` };
}

async function disk({ places }: CommandContext): Promise<Finding> {
  const { bavail, bsize } = await statfs(places.root);
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  return { part: "Disk", state: freeBytes < MIN_FREE_BYTES ? "missing" : "there", detail };
}

async function git({ places }: CommandContext): Promise<Finding> {
  const { id, dirty } = await readCommit(places.root);
  if (id === "none")
    return {
      part: "Git",
      state: "later",
      detail: "no checkout: evidence stands for the configuration alone",
    };
  return {
    part: "Git",
    state: "there",
    detail: `${id.slice(0, 12)}${dirty === null ? "" : " with uncommitted changes"}`,
  };
}

function wordsOf(error: unknown): string {
  return error instanceof BanyanError ? `${error.code} ${error.detail}` : String(error);
}

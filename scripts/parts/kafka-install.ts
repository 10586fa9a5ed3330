import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { aptInstall } from "./apt.ts";
import { exists, fromCache } from "./cache.ts";
import { lastLines, type Say } from "./say.ts";
import { type Environment, findOnPath, runTool } from "./tool.ts";

export interface KafkaInstallOptions {
  readonly cacheFolder: string;
  /** `tools/kafka` of the repository: pom.xml and SHA256SUMS. */
  readonly toolFolder: string;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/** As tools/kafka/pom.xml pins it. */
export const KAFKA_VERSION = "4.1.0";

/** Program, and the package of Debian that has it. */
const NEEDED = { java: "default-jre-headless", mvn: "maven" } as const;

/**
 * The folder with Kafka's jars: fetched once by Maven, and kept only if each is what is pinned.
 * @throws BYN-PARTS-013, -014 when Java or Maven is missing, -016
 */
export async function installKafka(options: KafkaInstallOptions): Promise<string> {
  const { cacheFolder, toolFolder, env, say, signal } = options;
  const missing = await missingPrograms(env);
  if (missing.length > 0) throw new BanyanError("BYN-PARTS-014", missingWords(missing));
  const { sums, key } = await pinOf(toolFolder);
  const make = async (path: string) => {
    say("fetching Apache Kafka 4.1 with Maven (43 MB): half a minute");
    await mkdir(path);
    await copyJars(path, options);
    const problem = await differenceFrom(sums, path);
    if (problem !== null) throw new BanyanError("BYN-PARTS-016", problem);
  };
  return fromCache({ folder: cacheFolder, key, purpose: "fetching Kafka", make, say, signal });
}

/** For the tests: a folder, or why there is none. As root on a CI machine, Java and Maven are installed first. */
export async function getKafka(
  options: KafkaInstallOptions & { readonly uid: number },
): Promise<{ readonly folder: string } | { readonly folder: null; readonly reason: string }> {
  const { env, uid, say } = options;
  const missing = await missingPrograms(env);
  if (missing.length > 0) {
    if (uid !== 0 || env.CI !== "true") return { folder: null, reason: missingWords(missing) };
    say("installing Java and Maven with apt-get: a minute");
    const problem = await aptInstall(
      missing.map((name) => NEEDED[name]),
      options,
    );
    if (problem !== null) return { folder: null, reason: `${missingWords(missing)} ${problem}` };
  }
  return { folder: await installKafka(options) };
}

/** Looks and fetches nothing: the folder with the jars, or null, and the programs that fetching or running them lacks. */
export async function findKafka({
  cacheFolder,
  toolFolder,
  env,
}: Pick<KafkaInstallOptions, "cacheFolder" | "toolFolder" | "env">): Promise<{
  readonly folder: string | null;
  readonly missing: readonly string[];
}> {
  const { key } = await pinOf(toolFolder);
  const path = join(cacheFolder, key);
  return { folder: (await exists(path)) ? path : null, missing: await missingPrograms(env) };
}

/** What the repository pins, and the cache's name for it. */
async function pinOf(toolFolder: string): Promise<{ readonly sums: string; readonly key: string }> {
  const sums = await readFile(join(toolFolder, "SHA256SUMS"), "utf8");
  const hash = createHash("sha256").update(sums).digest("hex").slice(0, 12);
  return { sums, key: `kafka-${KAFKA_VERSION}-${hash}` };
}

type Program = keyof typeof NEEDED;

async function missingPrograms(env: Environment): Promise<Program[]> {
  const missing: Program[] = [];
  for (const name of ["java", "mvn"] as const) {
    if ((await findOnPath(name, env)) === null) missing.push(name);
  }
  return missing;
}

function missingWords(missing: readonly Program[]): string {
  const packages = missing.map((name) => NEEDED[name]).join(" ");
  return `Kafka wants ${missing.join(" and ")} on the PATH (Java 17 or newer; on Debian: apt-get install ${packages}).`;
}

async function copyJars(path: string, { toolFolder, env, signal }: KafkaInstallOptions): Promise<void> {
  const pom = ["-q", "-B", "-f", join(toolFolder, "pom.xml")];
  const copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${path}`];
  const maven = await runTool("mvn", [...pom, ...copy], { env, signal });
  if (maven.code === 0) return;
  const detail = `Maven ended with ${maven.code}: ${lastLines(`${maven.stdout}\n${maven.stderr}`, 4)}`;
  throw new BanyanError("BYN-PARTS-016", detail);
}

/** What differs between a folder and a list of `sha256sum`, in words, or null: the same files with the same content. */
export async function differenceFrom(sums: string, folder: string): Promise<string | null> {
  const pinned = new Map<string, string>();
  for (const [, sha256 = "", name = ""] of sums.matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm)) {
    pinned.set(name, sha256);
  }
  for (const name of await readdir(folder)) {
    const sha256 = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
    const wanted = pinned.get(name);
    if (wanted === undefined) return `${name} came and is not pinned.`;
    if (wanted !== sha256) return `${name} has checksum ${sha256}, and ${wanted} is pinned.`;
    pinned.delete(name);
  }
  const [absent] = pinned.keys();
  return absent === undefined ? null : `${absent} is pinned and did not come.`;
}

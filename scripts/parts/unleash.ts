import { type RunningProcess, startProcess } from "../stack/process.ts";
import type { Say } from "./say.ts";
import type { Environment } from "./tool.ts";
import type { UnleashInstall } from "./unleash-install.ts";

/** Made once per install (random, at least 32 characters each) and kept by the caller; none is in the repository. */
export interface UnleashSecrets {
  /** Of the user `admin` of the dashboard; counts only while the database is empty. */
  readonly adminPassword: string;
  /** The part after `*:*.`; both tokens count only while the database is empty. */
  readonly adminToken: string;
  /** The part after `default:development.`. */
  readonly backendToken: string;
  /** Signs sessions. */
  readonly sessionSecret: string;
}

export interface UnleashOptions {
  readonly stateFolder: string;
  readonly install: UnleashInstall;
  readonly nodePath: string;
  readonly port: number;
  /** Address of its own database, with user and password. */
  readonly databaseUrl: string;
  readonly secrets: UnleashSecrets;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

export interface Unleash extends RunningProcess {
  readonly url: string;
}

export const UNLEASH_PROCESS = "unleash";

/** The administrator's API token as clients send it. */
export function adminTokenOf(secrets: UnleashSecrets): string {
  return `*:*.${secrets.adminToken}`;
}

/** The token of unleash-client, for the environment `development`. */
export function backendTokenOf(secrets: UnleashSecrets): string {
  return `default:development.${secrets.backendToken}`;
}

/**
 * Starts Unleash on 127.0.0.1 as a process of its own and waits for its `/health`. It is stopped like any other:
 * `stopProcess(stateFolder, UNLEASH_PROCESS)`.
 * @throws BYN-PARTS-005, -007, -008, -009, -013
 */
export async function startUnleash(options: UnleashOptions): Promise<Unleash> {
  const url = `http://127.0.0.1:${options.port}`;
  options.say(`starting Unleash on port ${options.port}`);
  const running = await startProcess(
    options.stateFolder,
    {
      name: UNLEASH_PROCESS,
      command: options.nodePath,
      args: [options.install.entry],
      cwd: options.install.folder,
      env: unleashEnvironment(options, url),
      port: options.port,
      ready: { url: `${url}/health` },
      // The first boot runs its migrations: 4–6 s here.
      readyWithinMs: 90_000,
    },
    options.signal,
  );
  return { ...running, url };
}

/** What its process is told. Telemetry and version checks are off: they leave the machine. */
export function unleashEnvironment(
  options: Pick<UnleashOptions, "databaseUrl" | "secrets" | "port" | "env">,
  url: string,
): Environment {
  const { secrets } = options;
  const database = new URL(options.databaseUrl);
  return {
    ...withoutForeign(options.env),
    NODE_ENV: "production",
    HTTP_HOST: "127.0.0.1",
    HTTP_PORT: String(options.port),
    UNLEASH_URL: url,
    DATABASE_HOST: database.hostname,
    DATABASE_PORT: database.port === "" ? "5432" : database.port,
    DATABASE_NAME: decodeURIComponent(database.pathname.slice(1)),
    DATABASE_USERNAME: decodeURIComponent(database.username),
    DATABASE_PASSWORD: decodeURIComponent(database.password),
    DATABASE_SSL: "false",
    CHECK_VERSION: "false",
    SEND_TELEMETRY: "false",
    LOG_LEVEL: "warn",
    UNLEASH_SECRET: secrets.sessionSecret,
    INIT_ADMIN_API_TOKENS: adminTokenOf(secrets),
    INIT_BACKEND_API_TOKENS: backendTokenOf(secrets),
    UNLEASH_DEFAULT_ADMIN_USERNAME: "admin",
    UNLEASH_DEFAULT_ADMIN_PASSWORD: secrets.adminPassword,
  };
}

/** `DATABASE_URL`, `UNLEASH_URL` and the like of the person's shell would steer this server: not passed on. */
function withoutForeign(env: Environment): Environment {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(DATABASE_|UNLEASH_|INIT_|HTTP_|NODE_OPTIONS)/.test(name),
  );
  return Object.fromEntries(kept);
}

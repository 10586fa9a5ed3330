import { spawn } from "node:child_process";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/** How k6 ended: a code, or the signal that ended it. */
export interface K6End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface K6Process {
  readonly pid: number;
  /** Resolves when k6 has ended and all that it wrote was handed over. */
  readonly ended: Promise<K6End>;
  /** Interrupts k6, kills it when it does not end in time, and waits for its end. Can be called at any time. */
  stop(): Promise<void>;
}

export interface K6Start {
  readonly k6Path: string;
  readonly script: string;
  /** An empty folder: k6 reads its configuration file from its home, and must find none there. */
  readonly home: string;
  /** Handed over through the environment; may hold secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** File descriptor that k6's own log goes to. */
  readonly logFd: number;
  readonly onOutput: (chunk: string) => void;
}

const STOP_BOUND_MS = 2_000;

/**
 * Starts k6 with its CSV on standard output. Its environment is made from nothing: no `K6_…` setting, proxy or
 * credential of the caller reaches it. It leads its own process group, so that a Ctrl-C reaches only us and we stop
 * it in order; should we die, its next write to the closed pipe ends it. Throws BYN-EVIDENCE-058 when it can't start.
 */
export async function startK6(start: K6Start): Promise<K6Process> {
  const child = spawn(start.k6Path, ARGUMENTS.concat(start.script), {
    cwd: start.home,
    detached: true,
    env: {
      ...ENVIRONMENT,
      HOME: start.home,
      XDG_CONFIG_HOME: start.home,
      TMPDIR: start.home,
      ...start.variables,
    },
    stdio: ["ignore", "pipe", start.logFd],
  });
  child.stdout?.setEncoding("utf8");
  child.stdout?.on("data", start.onOutput);
  const ended = new Promise<K6End>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const { pid } = await new Promise<{ pid: number }>((resolve, reject) => {
    child.once("spawn", () => resolve({ pid: child.pid ?? 0 }));
    child.once("error", (cause) =>
      reject(new BanyanError("BYN-EVIDENCE-058", `k6 at ${start.k6Path} did not start`, { cause })),
    );
  });
  // A failing kill is reported on the child as well; there is nothing to do about it but to go on waiting.
  child.on("error", () => {});
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return void (await ended);
    child.kill("SIGINT");
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_BOUND_MS);
    await ended;
    clearTimeout(kill);
  };
  return { pid, ended, stop };
}

const ARGUMENTS = [
  "run",
  "--quiet",
  "--no-color",
  "--summary-mode",
  "disabled",
  "--address",
  "",
  "--out",
  // "csv" alone would write to a file named file.csv.
  "csv=-",
];

const ENVIRONMENT = {
  K6_CSV_SAVE_INTERVAL: "100ms",
  K6_CSV_TIME_FORMAT: "unix_micro",
  K6_NO_USAGE_REPORT: "true",
  // k6 2 would fetch a binary with extensions by itself when a script needs one; ours needs none.
  K6_AUTO_EXTENSION_RESOLUTION: "false",
  NO_COLOR: "1",
} as const;

/** The error for a k6 that ended before its time; exit codes are k6's own (errext/exitcodes). */
export function endedEarly({ code, signal }: K6End, logPath: string): BanyanError {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const errorCode = code === THRESHOLDS_FAILED ? "BYN-EVIDENCE-064" : "BYN-EVIDENCE-059";
  return new BanyanError(errorCode, `k6 ended with ${how}; its log is ${logPath}`);
}

const THRESHOLDS_FAILED = 99;

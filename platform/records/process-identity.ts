import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Which process, of all that ever had this pid on any machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system tells it (Linux: clock ticks since boot); "" where it tells none. */
  readonly started: string;
  /** Pids mean nothing outside of this: host name, boot and pid namespace. */
  readonly realm: string;
}

export type Liveness = "alive" | "dead" | "unknown";

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? "", realm: realm() };
}

/**
 * Whether that very process still runs. `unknown` when it can't be seen from here (another container on the same
 * folder). A zombie is dead: it will never release anything.
 */
export function livenessOf(identity: ProcessIdentity): Liveness {
  if (identity.realm !== realm()) return rebooted(identity.realm) ? "dead" : "unknown";
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return "dead";
  }
  const started = startOf(identity.pid);
  if (started === "zombie") return "dead";
  return started === null || identity.started === "" || started === identity.started ? "alive" : "dead";
}

/** proc_pid_stat(5): the name in field 2 may hold spaces and brackets, so fields count from the last `)`. */
function startOf(pid: number): string | null {
  if (process.platform !== "linux") return startByPs(pid);
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const [state] = fields;
    return state === "Z" || state === "X" ? "zombie" : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startByPs(pid: number): string | null {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch {
    return null;
  }
}

function realm(): string {
  return [hostname(), fileOr("/proc/sys/kernel/random/boot_id"), linkOr("/proc/self/ns/pid")].join(" ");
}

/** The same host with another boot: everything of then is dead. */
function rebooted(then: string): boolean {
  const [host, boot] = then.split(" ");
  const [hostNow, bootNow] = realm().split(" ");
  return host === hostNow && boot !== bootNow && boot !== "-";
}

function fileOr(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "-";
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "-";
  }
}

import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

const LOOPBACK = "127.0.0.1";

/**
 * Makes sure that a port of 127.0.0.1 can be listened on (by nobody there, nor on all addresses).
 * @throws BYN-PARTS-005 naming the port and, when it can be known, who holds it.
 */
export async function requirePort(port: number, purpose: string): Promise<void> {
  const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (problem === null) return;
  if (problem.code !== "EADDRINUSE") {
    const detail = `Port ${port}, wanted for ${purpose}, can't be listened on: ${problem.message}.`;
    throw new BanyanError("BYN-PARTS-005", detail, { cause: problem });
  }
  const holder = (await portHolder(port)) ?? "a process that this user can't see";
  throw new BanyanError("BYN-PARTS-005", `Port ${port}, wanted for ${purpose}, is held by ${holder}.`);
}

/** A port that the system says is free now. Someone may take it before its user does: be ready to repeat. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

/** The socket inodes that listen on a port, from the text of `/proc/net/tcp` or `tcp6` (proc_net(5); 0A is LISTEN). */
export function listeningInodes(text: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && fields[1]?.endsWith(suffix) === true)
    .flatMap((fields) => fields[9] ?? []);
}

/** Who listens there, as a person would say it ("node, pid 4711"), or null when it can't be known. */
export async function portHolder(port: number): Promise<string | null> {
  return process.platform === "linux" ? holderByProc(port) : holderByLsof(port);
}

async function holderByProc(port: number): Promise<string | null> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const sockets = new Set(
    tables.flatMap((text) => listeningInodes(text, port)).map((inode) => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return null;
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  for (const pid of pids) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => "");
      if (!sockets.has(target)) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "a process");
      return `${name.trim()}, pid ${pid}`;
    }
  }
  return null;
}

async function holderByLsof(port: number): Promise<string | null> {
  const lsof = promisify(execFile)("lsof", ["-nP", "-Fpc", `-iTCP:${port}`, "-sTCP:LISTEN"]);
  const text = await lsof.then(
    ({ stdout }) => stdout,
    () => "",
  );
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  return pid === undefined ? null : `${/^c(.+)$/m.exec(text)?.[1] ?? "a process"}, pid ${pid}`;
}

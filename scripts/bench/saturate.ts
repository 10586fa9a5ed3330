/**
 * The load at saturation: so many connections, each with one request under way and the next one sent as soon as the
 * answer is whole. Its own process, so that its cost is its own and can be told.
 *
 * Not k6, which takes the latencies at a fixed rate (rate.ts): with 178 µs of CPU for each request (measured here, on
 * two cores) it would take the core that the upstream needs, and the arms would be compared at k6's limit. autocannon
 * took 60 to 90 µs with its parser in JavaScript. Writing bytes made beforehand and counting what comes takes a fraction.
 */
import { connect, type Socket } from "node:net";
import { readCpuStat } from "../stack/cpu.ts";
import { AnswerReader } from "./answers.ts";

export interface SaturateOrder {
  readonly port: number;
  /** The process behind the port, whose CPU time is read at the moments between which answers are counted. */
  readonly pid: number;
  /** Whole requests as bytes (latin1), sent in turn. */
  readonly requests: readonly string[];
  readonly expectedStatus: number;
  readonly connections: number;
  readonly durationMs: number;
}

export interface Saturated {
  readonly right: number;
  /** Answers with another status, and connections that broke. */
  readonly wrong: number;
  readonly durationMs: number;
  /** CPU time over the same time: of the process asked (utime and stime of proc_pid_stat(5)), and of this one. */
  readonly targetCpuMs: number;
  readonly generatorCpuMs: number;
  /** The first thing that went wrong with a connection. */
  readonly trouble: string | null;
}

const DRAIN_MS = 2_000;

async function saturate(order: SaturateOrder): Promise<Saturated> {
  const requests = order.requests.map((text) => Buffer.from(text, "latin1"));
  const readers: AnswerReader[] = [];
  const sockets = new Set<Socket>();
  let next = 0;
  let underWay = 0;
  let broken = 0;
  let trouble: string | null = null;
  let over = false;

  const open = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port: order.port, host: "127.0.0.1", noDelay: true });
      const reader = new AnswerReader(order.expectedStatus);
      readers.push(reader);
      sockets.add(socket);
      const send = () => {
        const request = requests[next++ % requests.length];
        if (request !== undefined) socket.write(request);
        underWay++;
      };
      socket.once("connect", send);
      socket.on("data", (piece) => {
        try {
          for (let completed = reader.read(piece); completed > 0; completed--) {
            underWay--;
            // Counted from here on: making connections is no part of the figures.
            resolve();
            if (!over) send();
          }
        } catch (error) {
          socket.destroy(error as Error);
        }
      });
      socket.on("error", (error) => {
        trouble ??= error.message;
      });
      socket.once("close", () => {
        sockets.delete(socket);
        resolve();
        if (over) return;
        broken++;
        // Not at once: a server that is gone would be asked in a circle.
        setTimeout(() => over || void open(), 20);
      });
    });

  await Promise.all(Array.from({ length: order.connections }, open));
  const targetCpuMs = () => (readCpuStat(order.pid)?.ownS ?? Number.NaN) * 1_000;
  const cpu = process.cpuUsage();
  const targetBefore = targetCpuMs();
  const before = count(readers);
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, order.durationMs));
  const durationMs = performance.now() - startedAt;
  const after = count(readers);
  const targetAfter = targetCpuMs();
  const { user, system } = process.cpuUsage(cpu);
  over = true;
  // What is under way is let finish: a server that is left in the middle would clean up in the next arm's time.
  for (let waited = 0; underWay > 0 && broken === 0 && waited < DRAIN_MS; waited += 10)
    await new Promise((resolve) => setTimeout(resolve, 10));
  for (const socket of sockets) socket.destroy();
  return {
    right: after.right - before.right,
    wrong: after.wrong - before.wrong + broken,
    durationMs,
    targetCpuMs: targetAfter - targetBefore,
    generatorCpuMs: (user + system) / 1_000,
    trouble,
  };
}

function count(readers: readonly AnswerReader[]): { right: number; wrong: number } {
  const sum = (of: (reader: AnswerReader) => number) =>
    readers.reduce((total, reader) => total + of(reader), 0);
  return { right: sum(({ right }) => right), wrong: sum(({ wrong }) => wrong) };
}

process.on("message", async (order: SaturateOrder) => process.send?.(await saturate(order)));
process.channel?.ref();

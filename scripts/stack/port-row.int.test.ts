import { createServer } from "node:net";
import { expect, test } from "vitest";
import { portsOf } from "./layout.ts";
import { freePort } from "./port.ts";
import { requirePorts, wantedPorts } from "./port-row.ts";

const ports = portsOf(21_000);
const none: ReadonlySet<string> = new Set();

test("every port that `up` needs is looked at; one that only a measurement needs later is not", () => {
  const all = { ports, running: none, environment: {}, owned: true, log: "kafka" } as const;
  const wanted = wantedPorts(all).map(({ port }) => port);
  const { mounted: _later, ...needed } = ports;
  expect(wanted.sort()).toEqual(Object.values(needed).sort());
});

test("before orders and stock have owners of their own, nobody needs their ports", () => {
  const wanted = wantedPorts({ ports, running: none, environment: {}, owned: false, log: "kafka" });
  const of = (port: number) => wanted.some((one) => one.port === port);
  expect([ports.monolithWorker, ports.orders, ports.inventoryWorker, ports.controller].filter(of)).toEqual(
    [],
  );
  expect(of(ports.mails)).toBe(true);
});

test("what runs already and what somebody else runs needs no port", () => {
  const environment = { DATABASE_URL: "postgres://x", UNLEASH_URL: "http://x" };
  const running = new Set(["proxy", "monolith", "catalog", "catalog-worker", "card-processor"]);
  expect(wantedPorts({ ports, running, environment, owned: false, log: "embedded" })).toEqual([
    { port: ports.smtp, purpose: "mail-sink" },
    { port: ports.mails, purpose: "mail-sink" },
  ]);
  const isKafkas = ({ purpose }: { purpose: string }) => purpose === "kafka";
  const owned = { ports, running, owned: true } as const;
  expect(wantedPorts({ ...owned, environment, log: "embedded" }).some(isKafkas)).toBe(false);
  const theirs = { ...environment, KAFKA_BROKERS: "k:9092" };
  expect(wantedPorts({ ...owned, environment: theirs, log: "kafka" }).some(isKafkas)).toBe(false);
});

test("all taken ports are named at once, with who is to use them and who holds them", async () => {
  const [first, second] = [createServer(), createServer()];
  const taken = await Promise.all(
    [first, second].map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  );
  const free = await freePort();
  try {
    const wanted = [...taken, free].map((port, index) => ({ port, purpose: `part-${index}` }));
    const error = await requirePorts(wanted).catch((e: unknown) => e as Error & { detail: string });
    expect(error).toMatchObject({ code: "BYN-PARTS-005" });
    const detail = error?.detail ?? "";
    expect(detail).toContain(`Port ${taken[0]}, wanted for part-0, is held by`);
    expect(detail).toContain(`Port ${taken[1]}, wanted for part-1, is held by`);
    expect(detail).toContain(`pid ${process.pid}`);
    expect(detail).not.toContain(String(free));
  } finally {
    first.close();
    second.close();
  }
});

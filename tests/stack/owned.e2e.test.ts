import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { DEMO_PASSWORD, seedCustomers } from "@banyan/monolith/seed/customers.ts";
import { createUnleashAdmin, type UnleashAdmin } from "@banyan/platform/flags/unleash-admin.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { commandContext } from "@banyan/scripts/commands/context.ts";
import { adminTokenOf } from "@banyan/scripts/parts/unleash.ts";
import { addressesOf } from "@banyan/scripts/stack/addresses.ts";
import { readOrMakeInstall } from "@banyan/scripts/stack/install.ts";
import { placesOf, portsOf } from "@banyan/scripts/stack/layout.ts";
import { startOwned } from "@banyan/scripts/stack/owned.ts";
import { listProcesses, stopProcess } from "@banyan/scripts/stack/process.ts";
import { createScreen } from "@banyan/scripts/terminal/screen.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KAFKA_JARS, WHERE } from "../kafka/broker.ts";
import { ROOT, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
let admin: UnleashAdmin;
beforeAll(async () => {
  stack = await testStack();
  expect((await stack.json(["up", "--port-base", String(stack.portBase)])).code).toBe(0);
  const environment = { ...process.env, BANYAN_HOME: stack.home };
  const install = readOrMakeInstall(placesOf(ROOT, environment).install);
  admin = createUnleashAdmin({
    url: stack.unleash,
    token: adminTokenOf(install.unleash),
    environment: "development",
    timeoutMs: 10_000,
    stickiness: { inventory: "sku" },
  });
});
afterAll(async () => {
  await stack.remove();
});

const alive = async () =>
  (await listProcesses(stack.home)).filter(({ running }) => running).map(({ name }) => name);

interface Capability {
  readonly capability: string;
  readonly stage: string;
  readonly owning?: {
    readonly intent: number | null;
    readonly owned: number;
    readonly inHand: number;
  } | null;
}

async function capabilityOf(name: string): Promise<Capability | undefined> {
  const { data } = await stack.json(["status"]);
  return (data as { capabilities: Capability[] }).capabilities.find(({ capability }) => capability === name);
}

async function owned(name: string, slots: number): Promise<void> {
  const at = async () => (await capabilityOf(name))?.owning;
  await expect
    .poll(at, { timeout: 120_000, interval: 500 })
    .toMatchObject({ intent: slots, owned: slots, inHand: 0 });
}

/** The first customers of the demo whose orders are in slots 1…10, in 11…20, and in others. */
function customers(): { readonly inside: string; readonly next: string; readonly outside: string } {
  const all = seedCustomers(1, 2_000).filter(({ role }) => role === "customer");
  const emailOf = (is: (slot: number) => boolean) =>
    all.find(({ id }) => is(slotOf(ORDERS, id)))?.email ?? "nobody";
  return {
    inside: emailOf((slot) => slot <= 10),
    next: emailOf((slot) => slot > 10 && slot <= 20),
    outside: emailOf((slot) => slot > 20),
  };
}

/** Signs in, fills the cart and checks out, through the proxy. Answers what came of it, and which side said so. */
async function order(email: string): Promise<{ status: number; side: string | null }> {
  const send = (method: string, path: string, cookie: string, body?: unknown) =>
    fetch(`${stack.proxy}${path}`, {
      method,
      headers: { "content-type": "application/json", cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const signedIn = await send("POST", "/api/sessions", "", { email, password: DEMO_PASSWORD });
  const cookie = /session=[^;]+/.exec(signedIn.headers.get("set-cookie") ?? "")?.[0] ?? "";
  const products = (await (await send("GET", "/api/products", cookie)).json()) as {
    items: { id: string; available: boolean }[];
  };
  const product = products.items.find(({ available }) => available);
  const line = await send("PUT", `/api/cart/lines/${product?.id}`, cookie, { quantity: 1 });
  expect(line.status).toBe(200);
  const shipTo = { name: "Ada", street: "1 Lane", postcode: "1000", city: "Town", country: "CH" };
  const card = { number: "4242424242424242", expiry: "12/30", cvc: "123" };
  const answer = await send("POST", "/api/orders", cookie, { shipTo, card });
  if (answer.status !== 201) console.error(await answer.text());
  return { status: answer.status, side: answer.headers.get("x-banyan-side") };
}

describe("orders and stock with owners, on a stack of its own", () => {
  it("are the monolith's alone at first: no process, no flag, and a shop that sells as it always did", async () => {
    expect(await alive()).not.toContain("orders");
    expect(await admin.read("orders")).toBeUndefined();
    expect(await order(customers().inside)).toEqual({ status: 201, side: "monolith" });
  });

  it("get their owners' processes once, flags at 0 %, and nothing moves by that", async () => {
    const environment = { ...process.env, BANYAN_HOME: stack.home };
    const context = commandContext(ROOT, environment, createScreen(true), new AbortController().signal);
    const state = await startOwned(context);
    expect(state).toMatchObject({ checkout: "saga", owned: true, stickiness: { inventory: "sku" } });
    expect(await alive()).toEqual(
      expect.arrayContaining([
        ...["controller", "inventory", "inventory-worker", "monolith-worker", "orders", "orders-worker"],
      ]),
    );
    for (const flag of ["orders", "inventory"])
      expect(await admin.read(flag)).toMatchObject({ percentage: 0, on: true, unmovable: undefined });
    await owned("orders", 0);
    expect(await order(customers().inside)).toEqual({ status: 201, side: "monolith" });
    const before = await listProcesses(stack.home);
    await startOwned(context);
    expect((await listProcesses(stack.home)).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  });

  it("move with their flags, by customer and by SKU, and both sides sell", async () => {
    await admin.setPercentage("orders", 10);
    await admin.setPercentage("inventory", 50);
    await owned("orders", 10);
    await owned("inventory", 50);
    expect((await capabilityOf("orders"))?.stage).toBe("ramp");
    expect(await order(customers().inside)).toEqual({ status: 201, side: "extracted" });
    expect(await order(customers().outside)).toEqual({ status: 201, side: "monolith" });
  });

  it("are there again after `down` and `up`, where they were", async () => {
    expect((await stack.json(["down"])).code).toBe(0);
    expect(await alive()).toEqual([]);
    expect((await stack.json(["up"])).code).toBe(0);
    await owned("orders", 10);
    expect(await order(customers().inside)).toEqual({ status: 201, side: "extracted" });
  });

  it.skipIf(KAFKA_JARS === "")(
    `move by a Kafka of the stack's own as well, and back to none, ${WHERE}`,
    async () => {
      expect((await stack.json(["up", "--kafka"])).code).toBe(0);
      expect(await alive()).toContain("kafka");
      // The slots would move without it too: the controller drains what is late. So who stands on it is asked.
      const { ordersWorker } = portsOf(stack.portBase);
      const ready = async () => (await fetch(`http://127.0.0.1:${ordersWorker}/readyz`)).text();
      await expect.poll(ready, { timeout: 60_000, interval: 500 }).toContain("follow Kafka, 1 brokers");
      await admin.setPercentage("orders", 20);
      await owned("orders", 20);
      expect(await order(customers().next)).toEqual({ status: 201, side: "extracted" });
      // An event that still lay in Kafka is not lost with it: the other side pulls it from the outbox.
      expect((await stack.json(["up", "--no-kafka"])).code).toBe(0);
      expect(await alive()).not.toContain("kafka");
      await admin.setPercentage("orders", 10);
      await owned("orders", 10);
      expect(await order(customers().next)).toEqual({ status: 201, side: "monolith" });
    },
  );

  it("that a person must look at have a way out: `sync` for a copy in quarantine, `dismiss` for an alarm", async () => {
    const trouble = async (slot: number, state: string, code: string) => {
      const environment = { ...process.env, BANYAN_HOME: stack.home };
      const install = readOrMakeInstall(placesOf(ROOT, environment).install);
      const { databases } = addressesOf(portsOf(stack.portBase), install, environment);
      const pool = createPool(databases.shop, { max: 1, name: "test" }, createLog("test", "silent"));
      await pool.query(
        `UPDATE handover.slot SET state = $2, trouble_code = $3, trouble_detail = 'by a test', trouble_seq = seq
         WHERE capability = 'orders' AND slot = $1`,
        [slot, state, code],
      );
      await pool.end();
    };
    await trouble(3, "quarantined", "BYN-DATA-005");
    expect(await stack.json(["reconcile", "orders"])).toMatchObject({ data: { zero: false } });
    expect(await stack.json(["sync", "orders"])).toMatchObject({ code: 0, data: { passedOver: 0 } });
    expect(await stack.json(["reconcile", "orders"])).toMatchObject({ code: 0, data: { zero: true } });
    await trouble(4, "following", "BYN-DATA-026");
    expect((await stack.banyan(["dismiss", "orders", "103"])).code).toBe(2);
    expect(await stack.json(["dismiss", "orders", "4"])).toMatchObject({ data: { sides: ["monolith"] } });
    expect(await stack.json(["dismiss", "orders", "4"])).toMatchObject({ data: { sides: [] } });
    expect(await stack.json(["reconcile", "orders"])).toMatchObject({ code: 0, data: { zero: true } });
  });

  it("are said not to be known while the controller is away", async () => {
    await stopProcess(stack.home, "controller");
    const { code, out } = await stack.banyan(["status"]);
    expect(code).toBe(5);
    expect(out).toContain("orders: the controller does not answer");
    expect(out).toContain("controller was not started");
    expect((await stack.json(["up"])).code).toBe(0);
  });

  it("come back by a rollback, which hands every slot over, in the reverse order only", async () => {
    expect(await stack.json(["rollback", "orders"])).toMatchObject({
      code: 6,
      data: { error: { code: "BYN-CLI-041" } },
    });
    await owned("orders", 10);
    expect(await stack.json(["rollback", "inventory"])).toMatchObject({ code: 0, data: { from: 50, to: 0 } });
    await owned("inventory", 0);
    expect(await stack.json(["rollback", "orders"])).toMatchObject({ code: 0, data: { from: 10, to: 0 } });
    await owned("orders", 0);
    expect(await order(customers().inside)).toEqual({ status: 201, side: "monolith" });
  });
});

import { randomUUID } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { createMailbox, type Mailbox } from "@banyan/outside/mail-sink/mailbox.ts";
import { createSmtpServer, listenSmtp } from "@banyan/outside/mail-sink/smtp.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { addCustomer } from "../customers/store.ts";
import { createShopDatabase, type ShopDatabase, silent } from "../shop.fixture.ts";
import { mailsDueOf } from "./due.ts";
import { type Mail, type Mailer, smtpMailer } from "./mailer.ts";
import { orderRecord } from "./order-record.fixture.ts";
import { type SenderDeps, sendDue, startSender, waitMsAfter } from "./sender.ts";

const START_MS = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const NOBODY = "smtp://127.0.0.1:1";

let database: ShopDatabase;
let nowMs = START_MS;
let order: OrderRecord;
let logged: { level: string; about: Record<string, unknown> }[] = [];
const closing: (() => Promise<void>)[] = [];

const ada = { id: "c-1", email: "ada@example.org", name: "Ada", role: "customer" } as const;

beforeAll(async () => {
  database = await createShopDatabase(inject("postgresUrl"));
  await addCustomer(database.pool, ada, "hash", new Date(START_MS));
});
afterAll(() => database.remove());

beforeEach(async () => {
  nowMs = START_MS;
  logged = [];
  await database.pool.query("DELETE FROM notification");
  order = orderRecord({ id: randomUUID() });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A log that keeps what it is told. */
const log = Object.assign(Object.create(silent) as typeof silent, {
  warn: (about: Record<string, unknown>) => void logged.push({ level: "warn", about }),
  error: (about: Record<string, unknown>) => void logged.push({ level: "error", about }),
});

function depsOf(mailer: Mailer): SenderDeps {
  return {
    pool: database.pool,
    mailer,
    orderOf: async (id) => (id === order.id ? order : undefined),
    log,
    now: () => nowMs,
  };
}

async function openSink(): Promise<{ readonly mailbox: Mailbox; readonly url: string }> {
  const mailbox = createMailbox({ mails: 10, bytes: 100_000 });
  const server = createSmtpServer({
    keep: mailbox.add,
    log: silent,
    maxBytes: 50_000,
    now: Date.now,
    newId: randomUUID,
  });
  const port = await listenSmtp(server, 0, "127.0.0.1");
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { mailbox, url: `smtp://127.0.0.1:${port}` };
}

const becomes = (before: OrderRecord["status"], after: OrderRecord) =>
  inTransaction(database.pool, (client) =>
    mailsDueOf(client, [{ before: { status: before }, after }], new Date(nowMs)),
  );

async function noted(): Promise<Record<string, unknown>[]> {
  return (await database.pool.query("SELECT * FROM notification ORDER BY event_id")).rows;
}

/** A mailer that keeps the mails, after `first` was done with each. */
function keeping(first: (mail: Mail) => Promise<void> = async () => {}): Mailer & { readonly sent: Mail[] } {
  const sent: Mail[] = [];
  return {
    sent,
    send: async (mail) => {
      await first(mail);
      sent.push(mail);
    },
  };
}

test("what is due goes out over SMTP to the address that the customer has now, and only once", async () => {
  const { mailbox, url } = await openSink();
  await becomes("pending", order);
  await database.pool.query("UPDATE customer SET email = 'countess@example.org' WHERE id = $1", [ada.id]);
  closing.push(async () => {
    await database.pool.query("UPDATE customer SET email = $2 WHERE id = $1", [ada.id, ada.email]);
  });
  expect(await sendDue(depsOf(smtpMailer(url)))).toBe(1);
  expect(await sendDue(depsOf(smtpMailer(url)))).toBe(0);
  expect(mailbox.list(undefined)).toMatchObject([
    {
      to: ["countess@example.org"],
      subject: "Your order FL-000123 at Fig Lane",
      messageId: `<${order.id}.placed@figlane.example>`,
    },
  ]);
  expect(await noted()).toMatchObject([
    { status: "sent", recipient: "countess@example.org", failure: null, attempts: 1, next_try_at: null },
  ]);
});

test("an order that is placed and then cancelled is told of in that order", async () => {
  const { mailbox, url } = await openSink();
  await becomes("pending", order);
  nowMs += 1_000;
  order = { ...order, status: "cancelled", cancelledAt: new Date(nowMs).toISOString() };
  await becomes("cancelling", order);
  expect(await sendDue(depsOf(smtpMailer(url)))).toBe(2);
  const newestFirst = mailbox.list(undefined).map(({ subject }) => subject);
  expect(newestFirst).toEqual([
    "Your order FL-000123 at Fig Lane is cancelled",
    "Your order FL-000123 at Fig Lane",
  ]);
});

test("while the mail server is away it is tried again, each time later, and goes out when it is back", async () => {
  await becomes("pending", order);
  const away = depsOf(smtpMailer(NOBODY));
  expect(await sendDue(away)).toBe(0);
  expect(await noted()).toMatchObject([
    {
      status: "due",
      attempts: 1,
      failure: expect.stringContaining("ECONNREFUSED"),
      next_try_at: new Date(nowMs + waitMsAfter(1)),
    },
  ]);
  expect(logged).toMatchObject([{ level: "warn", about: { code: "BYN-SHOP-030", orderId: order.id } }]);
  expect(await sendDue(away)).toBe(0);
  expect(logged).toHaveLength(1);
  nowMs += waitMsAfter(1);
  await sendDue(away);
  expect(await noted()).toMatchObject([{ attempts: 2, next_try_at: new Date(nowMs + waitMsAfter(2)) }]);
  nowMs += waitMsAfter(2);
  const { mailbox, url } = await openSink();
  expect(await sendDue(depsOf(smtpMailer(url)))).toBe(1);
  expect(mailbox.list(undefined)).toHaveLength(1);
  expect(await noted()).toMatchObject([{ status: "sent", failure: null, attempts: 3 }]);
});

test("after about a day of tries a mail is given up, which the log and the table say", async () => {
  await becomes("pending", order);
  const away = depsOf(smtpMailer(NOBODY));
  let tries = 0;
  for (let next: unknown = new Date(nowMs); next instanceof Date && tries < 100; tries++) {
    nowMs = next.getTime();
    await sendDue(away);
    next = (await noted())[0]?.next_try_at;
  }
  expect(nowMs - START_MS).toBeGreaterThan(20 * HOUR_MS);
  expect(logged.filter(({ level }) => level === "error")).toMatchObject([
    { about: { code: "BYN-SHOP-030", orderId: order.id, attempt: tries } },
  ]);
  expect(await noted()).toMatchObject([
    { status: "failed", failure: expect.stringContaining("ECONNREFUSED"), next_try_at: null },
  ]);
  expect(await sendDue(depsOf(keeping()))).toBe(0);
});

test("a sender that dies after the server took the mail leaves it due: a second copy has the same id", async () => {
  await becomes("pending", order);
  const { mailbox, url } = await openSink();
  const mailer = smtpMailer(url);
  // It dies in the note: no statement of its own comes through any more.
  let claimed = false;
  const dying = new Proxy(database.pool, {
    get: (pool, name) => {
      if (name !== "query") return Reflect.get(pool, name);
      return (text: string, values: unknown[]) => {
        if (claimed && text.includes("status = 'sent'")) throw new Error("the process died");
        claimed = true;
        return pool.query(text, values);
      };
    },
  });
  await expect(sendDue({ ...depsOf(mailer), pool: dying })).rejects.toThrow("the process died");
  expect(await sendDue(depsOf(mailer))).toBe(0);
  nowMs += 60_000;
  expect(await sendDue(depsOf(mailer))).toBe(1);
  const id = `<${order.id}.placed@figlane.example>`;
  expect(mailbox.list(undefined).map(({ messageId }) => messageId)).toEqual([id, id]);
});

test("no transaction is open, and no lock held, while the mail server is waited for", async () => {
  await becomes("pending", order);
  const seen: unknown[] = [];
  const mailer = keeping(async () => {
    const { rows } = await database.pool.query(
      `SELECT count(*)::int AS open FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
    );
    seen.push(rows[0]);
  });
  await sendDue(depsOf(mailer));
  expect(seen).toEqual([{ open: 0 }]);
});

test("of senders at once, one sends it", async () => {
  await becomes("pending", order);
  const mailer = keeping();
  const sent = await Promise.all(Array.from({ length: 5 }, () => sendDue(depsOf(mailer))));
  expect(sent.toSorted()).toEqual([0, 0, 0, 0, 1]);
  expect(mailer.sent).toHaveLength(1);
});

test("the trouble of a sender whose lease has ended undoes nothing that the next one did", async () => {
  await becomes("pending", order);
  const next = keeping();
  const slow = keeping(async () => {
    nowMs += 60_000;
    await sendDue(depsOf(next));
    throw new Error("too late");
  });
  expect(await sendDue(depsOf(slow))).toBe(0);
  expect(next.sent).toHaveLength(1);
  expect(await noted()).toMatchObject([{ status: "sent", failure: null, attempts: 2 }]);
});

test("nor what the next one has put off: its reason and its time stand", async () => {
  await becomes("pending", order);
  const slow = keeping(async () => {
    nowMs += 60_000;
    await sendDue(depsOf(keeping(() => Promise.reject(new BanyanError("BYN-SHOP-030", "the next one's")))));
    throw new BanyanError("BYN-SHOP-030", "too late");
  });
  expect(await sendDue(depsOf(slow))).toBe(0);
  expect(await noted()).toMatchObject([
    { status: "due", failure: "the next one's", next_try_at: new Date(nowMs + waitMsAfter(2)) },
  ]);
});

test.each([
  ["the order", () => Object.assign(order, { id: "another" }), "the order is not in the shop's tables"],
  [
    "the account",
    () => Object.assign(order, { customerId: "c-gone" }),
    "the customer has no account any more",
  ],
])("when %s is gone, the note says so", async (_what, lose, failure) => {
  await becomes("pending", order);
  lose();
  const mailer = keeping();
  expect(await sendDue(depsOf(mailer))).toBe(0);
  expect(mailer.sent).toEqual([]);
  expect(await noted()).toMatchObject([{ status: "due", failure }]);
});

test("the loop sends what becomes due while it runs, and stops after the mail that is on its way", async () => {
  let taken = (): void => {};
  const arrives = new Promise<void>((resolve) => {
    taken = resolve;
  });
  let answer = (): void => {};
  const mailer = keeping(() => {
    taken();
    return new Promise<void>((resolve) => {
      answer = resolve;
    });
  });
  const sender = startSender(depsOf(mailer));
  await becomes("pending", order);
  await arrives;
  const stopped = sender.stop();
  answer();
  await stopped;
  expect(await noted()).toMatchObject([{ status: "sent" }]);
});

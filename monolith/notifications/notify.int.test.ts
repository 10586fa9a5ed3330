import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createShopDatabase, type ShopDatabase, silent } from "../shop.fixture.ts";
import type { Mail, Mailer } from "./mailer.ts";
import { smtpMailer } from "./mailer.ts";
import { notify } from "./notify.ts";

let database: ShopDatabase;
beforeAll(async () => {
  database = await createShopDatabase(inject("postgresUrl"));
});
afterAll(() => database.remove());

const mail: Mail = { to: "a@b.example", subject: "Hello", text: "t", html: "h", messageId: "<1@x.example>" };
const NOW_MS = Date.UTC(2026, 10, 20);

function keeping(): Mailer & { readonly sent: Mail[] } {
  const sent: Mail[] = [];
  return { sent, send: async (one) => void sent.push(one) };
}

const tell = (mailer: Mailer, eventId: string) =>
  inTransaction(database.pool, (client) =>
    notify(client, mailer, mail, { eventId, orderId: "o-1", now: () => NOW_MS, log: silent }),
  );

async function noted(eventId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query("SELECT * FROM notification WHERE event_id = $1", [eventId]);
  return rows;
}

test("a mail that went out is noted as sent, with whom it went to and when", async () => {
  const mailer = keeping();
  await tell(mailer, "o-1:placed");
  expect(mailer.sent).toEqual([mail]);
  expect(await noted("o-1:placed")).toEqual([
    {
      event_id: "o-1:placed",
      order_id: "o-1",
      recipient: mail.to,
      subject: mail.subject,
      message_id: mail.messageId,
      status: "sent",
      failure: null,
      noted_at: new Date(NOW_MS),
      attempts: 0,
      next_try_at: null,
    },
  ]);
});

test("an event whose mail went out is not told a second time", async () => {
  const mailer = keeping();
  await tell(mailer, "o-2:placed");
  await tell(mailer, "o-2:placed");
  expect(mailer.sent).toHaveLength(1);
});

test("a mail server that is away is noted as a failure and does not throw; the next try mends the note", async () => {
  const away = smtpMailer("smtp://127.0.0.1:1");
  await tell(away, "o-3:placed");
  expect(await noted("o-3:placed")).toMatchObject([
    { status: "failed", failure: expect.stringContaining("ECONNREFUSED") },
  ]);
  await tell(keeping(), "o-3:placed");
  expect(await noted("o-3:placed")).toMatchObject([{ status: "sent", failure: null }]);
});

test.each([
  ["one of ours", new BanyanError("BYN-SHOP-030", "no answer within 10 ms"), "no answer within 10 ms"],
  ["an unexpected one", new TypeError("secret detail"), "the mailer failed; see the log"],
])(
  "whatever the mailer throws (%s) stays inside, and what it was is noted",
  async (name, thrown, failure) => {
    const broken: Mailer = { send: () => Promise.reject(thrown) };
    await tell(broken, name);
    expect(await noted(name)).toMatchObject([{ status: "failed", failure }]);
  },
);

test("what is noted goes with the transaction that it is noted in", async () => {
  const mailer = keeping();
  const undone = inTransaction(database.pool, async (client) => {
    await notify(client, mailer, mail, { eventId: "o-4:placed", orderId: "o-4", now: () => 0, log: silent });
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  expect(await noted("o-4:placed")).toEqual([]);
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

/** The sink as it runs in a stack: a process of its own. */
let sink: ChildProcess;
let http = "";
let smtpPort = 0;

beforeAll(async () => {
  sink = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { PATH: process.env.PATH, PORT: "0", SMTP_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (sink.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface(sink.stdout)) {
    const said = JSON.parse(line) as { port?: number; smtpPort?: number };
    if (said.port === undefined || said.smtpPort === undefined) continue;
    http = `http://127.0.0.1:${said.port}`;
    smtpPort = said.smtpPort;
    break;
  }
});
afterAll(async () => {
  const ended = once(sink, "exit");
  sink.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
beforeEach(async () => {
  expect((await fetch(`${http}/messages`, { method: "DELETE" })).status).toBe(204);
});

interface Listed {
  readonly items: readonly { readonly id: string; readonly to: string[]; readonly subject: string }[];
  readonly total: number;
}
const listed = async (query = "") => (await (await fetch(`${http}/messages${query}`)).json()) as Listed;

/** Says these lines to the SMTP server, each after the answer to the one before, and gives the answers. */
async function dialogue(lines: readonly string[]): Promise<string[]> {
  const socket: Socket = connect(smtpPort, "127.0.0.1");
  const answers: string[] = [];
  const replies = createInterface(socket)[Symbol.asyncIterator]();
  const reply = async () => {
    for (;;) {
      const { value, done } = await replies.next();
      if (done === true) return "closed";
      if (/^\d{3} /.test(value)) return value as string;
    }
  };
  answers.push(await reply());
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    answers.push(await reply());
  }
  socket.destroy();
  return answers;
}

const mailTo = (to: string, body: readonly string[]) => [
  "EHLO test.example",
  "MAIL FROM:<orders@figlane.example>",
  `RCPT TO:<${to}>`,
  "DATA",
  [...body, "."].join("\r\n"),
];
const hello = [
  "Subject: =?UTF-8?Q?gr=C3=BC=C3=9Fe?=",
  "Message-ID: <1@x.example>",
  "",
  "Hello",
  "..",
  "there",
];

describe("a mail that comes in", () => {
  test("is listed by its recipient, in whatever case, and shown whole by its id", async () => {
    const answers = await dialogue(mailTo("Ada@Example.org", hello));
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["220", "250", "250", "250", "354", "250"]);
    expect((await listed("?to=nobody@example.org")).total).toBe(0);
    const { items, total } = await listed("?to=ADA@example.org");
    expect([total, items[0]]).toMatchObject([1, { to: ["ada@example.org"], subject: "grüße" }]);
    expect(items[0]).not.toHaveProperty("text");
    const whole = await fetch(`${http}/messages/${items[0]?.id}`);
    expect(whole.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await whole.json()).toMatchObject({
      messageId: "<1@x.example>",
      from: "orders@figlane.example",
      text: "Hello\n.\nthere\n",
      html: "",
      headers: expect.arrayContaining([{ name: "Message-ID", value: "<1@x.example>" }]),
    });
  });

  test("is greeted at once: the shop's checkout does not wait for a pause that nobody asked for", async () => {
    const startedMs = performance.now();
    for (let i = 0; i < 20; i++) await dialogue([]);
    expect((performance.now() - startedMs) / 20).toBeLessThan(80);
  });

  test("stands on pages of the list, the newest first", async () => {
    for (const subject of ["one", "two", "three"]) {
      await dialogue(mailTo("a@x.example", [`Subject: ${subject}`, "", "x"]));
    }
    const { items, total } = await listed("?perPage=2");
    expect([total, ...items.map(({ subject }) => subject)]).toEqual([3, "three", "two"]);
    expect((await listed("?perPage=2&page=2")).items.map(({ subject }) => subject)).toEqual(["one"]);
  });

  test("and has more than 256 kB is refused, and nothing of it is kept", async () => {
    const large = Array.from({ length: 4_000 }, () => "x".repeat(70));
    const answers = await dialogue(mailTo("a@x.example", ["Subject: large", "", ...large]));
    expect(answers.at(-1)).toMatch(/^552 /);
    expect((await listed()).total).toBe(0);
  });
});

test("many mails stay within the bound, and the figures tell how many gave way", async () => {
  const body = ["Subject: big", "", ...Array.from({ length: 3_400 }, () => "x".repeat(70))];
  for (let i = 0; i < 80; i++) await dialogue(mailTo("a@x.example", body));
  const figures = (await (await fetch(`${http}/readyz`)).json()) as Record<string, number>;
  expect(figures.bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(figures).toMatchObject({ mails: expect.any(Number), forgotten: 80 - (figures.mails ?? 0) });
  expect(figures.forgotten).toBeGreaterThan(0);
});

test.each([
  ["/messages/none", 404, "BYN-SHOP-003"],
  ["/messages?page=0", 400, "BYN-SHOP-002"],
  ["/messages?pages=1", 400, "BYN-SHOP-002"],
  ["/nothing", 404, "BYN-SHOP-003"],
])("GET %s is a problem document", async (path, status, code) => {
  const answer = await fetch(http + path);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    status,
    "application/problem+json; charset=utf-8",
  ]);
  expect(await answer.json()).toMatchObject({ code });
});

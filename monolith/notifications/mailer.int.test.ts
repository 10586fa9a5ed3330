import { randomUUID } from "node:crypto";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createMailbox } from "@banyan/outside/mail-sink/mailbox.ts";
import { createSmtpServer, listenSmtp } from "@banyan/outside/mail-sink/smtp.ts";
import { afterEach, describe, expect, test } from "vitest";
import { silent } from "../shop.fixture.ts";
import { type Mail, smtpMailer } from "./mailer.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const mail: Mail = {
  to: "zoe@example.org",
  subject: "Your order FL-000123 — größer",
  text: "Dear Zoë,\n.\nFrom here on\n",
  html: "<p>Dear Zoë</p>",
  messageId: "<1.placed@figlane.example>",
};

async function openSink() {
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

/** A mail server of one's own making: what it does with each connection is up to the test. */
async function openServer(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { sockets, url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Answers of this code that go on and on (RFC 5321 §4.2.1: a hyphen says that another line follows). */
const dribbler = (code: string) => (socket: Socket) => {
  const dribble = setInterval(() => socket.write(`${code}-and another line\r\n`), 10);
  socket.once("close", () => clearInterval(dribble));
};

const failureOf = (sent: Promise<void>) =>
  sent.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("over a real socket", () => {
  test("a mail arrives whole: sender, recipient, subject, both bodies, its own message id", async () => {
    const { mailbox, url } = await openSink();
    await smtpMailer(url).send(mail);
    expect(mailbox.list(undefined)).toMatchObject([
      {
        to: ["zoe@example.org"],
        from: "orders@figlane.example",
        subject: mail.subject,
        messageId: mail.messageId,
        text: `${mail.text}\n`,
        html: `${mail.html}\n`,
      },
    ]);
  });

  test("each mail has a connection of its own, which is closed after it", async () => {
    let connections = 0;
    const { mailbox, url } = await openSink();
    const { sockets, url: through } = await openServer((socket) => {
      connections++;
      const { port } = new URL(url);
      const onward = connect(Number(port), "127.0.0.1");
      onward.on("error", () => {});
      socket.pipe(onward).pipe(socket);
    });
    const mailer = smtpMailer(through);
    await Promise.all([mailer.send(mail), mailer.send(mail), mailer.send(mail)]);
    expect([connections, mailbox.list(undefined).length]).toEqual([3, 3]);
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("a comma in the address makes no second recipient, and a line break no second header", async () => {
    const { mailbox, url } = await openSink();
    const mailer = smtpMailer(url);
    for (const to of ["a@example.org, b@example.org", "a@example.org\r\nRCPT TO:<b@example.org>"]) {
      expect(await failureOf(mailer.send({ ...mail, to }))).toMatchObject({ code: "BYN-SHOP-030" });
    }
    for (const broken of [{ subject: "Hello\r\nBcc: b@example.org" }, { messageId: "<1@x>\nBcc: b@x.org" }]) {
      expect(await failureOf(mailer.send({ ...mail, ...broken }))).toMatchObject({
        code: "BYN-SHOP-030",
        detail: expect.stringMatching(/holds a control character$/),
      });
    }
    expect(mailbox.list(undefined)).toEqual([]);
  });
});

describe("a mail server in trouble", () => {
  test("that is away is BYN-SHOP-030, at once", async () => {
    const { url } = await openServer(() => {});
    for (const close of closing.splice(0)) await close();
    expect(await failureOf(smtpMailer(url).send(mail))).toMatchObject({
      code: "BYN-SHOP-030",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("that refuses is BYN-SHOP-030 with what it said", async () => {
    const { url } = await openServer((socket) => socket.end("554 5.3.2 closed on Sundays\r\n"));
    expect(await failureOf(smtpMailer(url).send(mail))).toMatchObject({
      code: "BYN-SHOP-030",
      detail: expect.stringContaining("closed on Sundays"),
    });
  });

  test.each([
    ["says nothing", () => {}],
    ["hangs up without a word", (socket: Socket) => void socket.end()],
    ["dribbles a greeting that never ends", dribbler("220")],
    [
      "dribbles its answer, so that it is never silent",
      (socket: Socket) => {
        socket.write("220 here\r\n");
        socket.once("data", () => dribbler("250")(socket));
      },
    ],
    [
      "takes everything but never says that it has it",
      (socket: Socket) => {
        socket.write("220 here\r\n");
        socket.on("data", (said) => {
          const text = said.toString();
          if (/^DATA/.test(text)) socket.write("354 go on\r\n");
          else if (/^(EHLO|MAIL|RCPT)/.test(text)) socket.write("250 fine\r\n");
        });
      },
    ],
  ])("that %s is given up, and its connection closed", async (_what, serve) => {
    const { sockets, url } = await openServer(serve);
    const startedMs = performance.now();
    const failure = await failureOf(smtpMailer(url, 300).send(mail));
    expect(failure).toMatchObject({ code: "BYN-SHOP-030" });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("is not waited for once the mailer is closed", async () => {
    const { sockets, url } = await openServer(() => {});
    const mailer = smtpMailer(url, 60_000);
    const sent = failureOf(mailer.send(mail));
    await expect.poll(() => sockets.size).toBe(1);
    mailer.close();
    expect(await sent).toMatchObject({ code: "BYN-SHOP-030" });
  });
});

test.each(["", "mail.example", "http://127.0.0.1:25", "smtp://", "smtp://a:%E0%A4%A@h", "smtp:x"])(
  "an address that names no mail server (%j) is refused by its name and not repeated",
  (url) => {
    expect(() => smtpMailer(url)).toThrow(
      expect.objectContaining({
        code: "BYN-CONFIG-001",
        message: expect.not.stringContaining("%E0"),
        mistakes: [expect.objectContaining({ place: "SMTP_URL" })],
      }),
    );
  },
);

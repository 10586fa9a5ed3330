import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { z } from "zod";
import { createMailSinkApp } from "./app.ts";
import { createMailbox } from "./mailbox.ts";
import { createSmtpServer, listenSmtp } from "./smtp.ts";

const Port = z.coerce.number().int().min(0).max(65_535);

const Environment = z.object({
  /** For its HTTP view. */
  PORT: Port,
  SMTP_PORT: Port,
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const BOUNDS = { mails: 2_000, bytes: 16 * 1024 * 1024 };
const MAX_MAIL_BYTES = 256 * 1024;

const log = createLog("mail-sink");

await runProcess(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const mailbox = createMailbox(BOUNDS);
  const smtp = createSmtpServer({
    keep: mailbox.add,
    log,
    maxBytes: MAX_MAIL_BYTES,
    now: Date.now,
    newId: randomUUID,
  });
  const smtpPort = await listenSmtp(smtp, environment.SMTP_PORT, environment.HOST);
  const server = createServer(createMailSinkApp({ mailbox, takesMail: () => smtp.server.listening, log }));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, smtpPort, host: environment.HOST }, "the mail sink listens");
  return {
    stop: async () => {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      await close(server);
    },
  };
});

import type { AddressInfo } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import PostalMime from "postal-mime";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { KeptMail } from "./mailbox.ts";

const MAX_CLIENTS = 50;
const SILENCE_MS = 30_000;
const CLOSE_MS = 1_000;
/** RFC 5321 §4.5.3.1.8 asks for at least 100. */
const MAX_RECIPIENTS = 100;
const TOO_LARGE = 552;
const NOT_READABLE = 554;

export interface SmtpDeps {
  readonly keep: (mail: KeptMail) => void;
  readonly log: Log;
  /** The most that one mail may have. */
  readonly maxBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** Takes every mail for whomever, without a password and without TLS: it must listen on loopback only. */
export function createSmtpServer({ keep, log, maxBytes, now, newId }: SmtpDeps): SMTPServer {
  const take = async (stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<string> => {
    const raw = await wholeOf(stream, maxBytes);
    const mail = await PostalMime.parse(raw).catch((cause: unknown) => {
      throw refusal(NOT_READABLE, "the mail can't be read", cause);
    });
    const id = newId();
    keep({
      id,
      to: envelope.rcptTo.map(({ address }) => address.toLowerCase()),
      from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
      subject: mail.subject ?? "",
      messageId: mail.messageId ?? "",
      receivedAt: new Date(now()).toISOString(),
      bytes: raw.length,
      text: mail.text ?? "",
      html: mail.html ?? "",
      headers: mail.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    });
    log.debug({ id }, "took a mail");
    return `kept as ${id}`;
  };

  const server = new PromptServer({
    banner: "Banyan mail sink",
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: maxBytes,
    maxRecipients: MAX_RECIPIENTS,
    maxClients: MAX_CLIENTS,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSE_MS,
    logger: false,
    onData: (stream, session, answer) => {
      take(stream, session).then(
        (said) => answer(null, said),
        (error: unknown) => answer(error instanceof Error ? error : new Error("failed", { cause: error })),
      );
    },
  });
  // One client's broken connection is that client's trouble.
  server.on("error", (error) => log.warn({ err: error }, "an SMTP connection broke"));
  return server;
}

/**
 * The library lets every client wait 100 ms for the greeting, to catch spammers that talk too soon. Here that would be a
 * sleep inside each checkout that no mail server of the shop's own asks for.
 */
class PromptServer extends SMTPServer {
  override connect(
    socket: Parameters<SMTPServer["connect"]>[0],
    options?: Parameters<SMTPServer["connect"]>[1],
  ) {
    super.connect(socket, options);
    const connection = [...this.connections].at(-1);
    if (connection === undefined || this.connections.size > MAX_CLIENTS) return; // refused: not greeted at all
    const greet = connection.connectionReady.bind(connection);
    let greeted = false;
    connection.connectionReady = () => {
      if (!greeted) greet();
      greeted = true;
    };
    setImmediate(() => connection.connectionReady());
  }
}

/** Starts listening and answers the port (asked from the system when 0). A taken port is BYN-PARTS-005. */
export function listenSmtp(server: SMTPServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new BanyanError("BYN-PARTS-005", `port ${port} on ${host} is in use`, { cause: error })
          : error,
      );
    server.server.once("error", failed);
    server.listen(port, host, () => {
      server.server.off("error", failed);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}

/** Reads to the end, but keeps no more than the bound: the rest of a mail that is too large is let by. */
async function wholeOf(stream: SMTPServerDataStream, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) throw refusal(TOO_LARGE, `a mail may have ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

/** An error that reaches the client as an SMTP answer of this code (RFC 5321 §4.2.3). */
function refusal(responseCode: number, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { responseCode });
}

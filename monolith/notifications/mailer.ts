import { createConnection, type Socket } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { createTransport } from "nodemailer";
import { COMPANY } from "../company.ts";

export interface Mail {
  /** One address, without a name (RFC 5321 §4.1.2). */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets (RFC 5322 §3.6.4). The same event has the same id, so that a second copy can be told. */
  readonly messageId: string;
}

/** The way out for mails. */
export interface Mailer {
  /** Resolves once the mail server has taken the mail. Trouble of any kind is BYN-SHOP-030. */
  send(mail: Mail): Promise<void>;
}

/** For the whole of one mail, from the connection to the server's last word: checkout waits for it. */
const DEADLINE_MS = 10_000;
const SMTP_PORT = 25;
const SMTPS_PORT = 465;

interface Server {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/**
 * Mails by SMTP to the server at `url` (`smtp://` or `smtps://`, with `user:password@` where it asks for one): a
 * connection for each mail, as the shop has always done it. A URL that can't be used is BYN-CONFIG-001. `close` breaks
 * off what is on its way.
 */
export function smtpMailer(url: string, deadlineMs = DEADLINE_MS): Mailer & { close(): void } {
  const server = serverOf(url);
  const open = new Set<Socket>();
  return {
    send: async (mail) => {
      refuseControlCharacters(mail);
      // nodemailer's own bounds are on silence, and a server that dribbles is never silent: the socket is ours to end.
      const socket = createConnection({ host: server.host, port: server.port });
      open.add(socket);
      const late = new Error(`no answer within ${deadlineMs} ms`);
      const deadline = setTimeout(() => socket.destroy(late), deadlineMs);
      try {
        const ended = endOf(socket);
        await Promise.race([connected(socket), ended]);
        await Promise.race([deliver(mail, server, socket, deadlineMs), ended]);
      } catch (cause) {
        throw new BanyanError("BYN-SHOP-030", reasonOf(socket.errored === late ? late : cause), { cause });
      } finally {
        clearTimeout(deadline);
        open.delete(socket);
        socket.destroy();
      }
    },
    close: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

async function deliver(mail: Mail, server: Server, socket: Socket, deadlineMs: number): Promise<void> {
  const transport = createTransport({
    ...server,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options: unknown, callback: (error: null, opened: { connection: Socket }) => void) =>
      callback(null, { connection: socket }),
  });
  const { to, subject, text, html, messageId } = mail;
  await transport.sendMail({
    from: { name: COMPANY.name, address: COMPANY.email },
    // An object, not a string: a comma in an address must not become a second recipient.
    to: { name: "", address: to },
    subject,
    text,
    html,
    messageId,
    // RFC 3834 §5: keeps holiday answers away.
    headers: { "auto-submitted": "auto-generated" },
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("connect", () => resolve()));
}

/** Rejects when the socket fails or is closed. It is always listened to, so that no error goes unheard. */
function endOf(socket: Socket): Promise<never> {
  const ended = new Promise<never>((_resolve, reject) => {
    socket.on("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
  ended.catch(() => {});
  return ended;
}

/** A line break in a header would start another header (RFC 5322 §2.2): no such mail leaves, whoever made it. */
function refuseControlCharacters({ to, subject, messageId }: Mail): void {
  for (const [name, value] of Object.entries({ to, subject, messageId })) {
    if (/\p{Cc}/u.test(value)) {
      throw new BanyanError("BYN-SHOP-030", `the mail's ${name} holds a control character`);
    }
  }
}

/** What the server or the system said, on one line and short; it stands in the `notification` row. */
function reasonOf(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  return said.replace(/\p{Cc}+/gu, " ").slice(0, 300);
}

function serverOf(url: string): Server {
  const parsed = addressOf(url);
  const secure = parsed?.protocol === "smtps:";
  if (parsed === undefined || (parsed.protocol !== "smtp:" && !secure) || parsed.hostname === "") {
    // Without the value: it may hold a password.
    throw new BanyanError("BYN-CONFIG-001", "SMTP_URL is no address of a mail server", {
      mistakes: [{ place: "SMTP_URL", message: "is not smtp://host:port or smtps://host:port" }],
    });
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? (secure ? SMTPS_PORT : SMTP_PORT) : Number(parsed.port),
    secure,
    ...(parsed.username === ""
      ? {}
      : { auth: { user: decodeURIComponent(parsed.username), pass: decodeURIComponent(parsed.password) } }),
  };
}

function addressOf(url: string): URL | undefined {
  try {
    const parsed = new URL(url);
    decodeURIComponent(parsed.username + parsed.password);
    return parsed;
  } catch {
    return undefined;
  }
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Answer } from "../corpus/request.ts";
import type { Asker } from "./target.ts";

/** Accounts that the shop knows already. The password is a secret. */
export interface Accounts {
  readonly emails: readonly string[];
  readonly password: string;
}

/** Hashing a password keeps a core busy for tens of milliseconds: not more of them at once than there are cores. */
const CONCURRENCY = 2;
const SESSION = /(?:^|, ?)session=([^;,\s]+)/;

/**
 * Signs every account in, once, before anything is measured: a sign-in costs more than a hundred reads, on purpose, and
 * would drown what a journey is about. Answers the session cookies' values, which are secrets, in the accounts' order.
 * Throws BYN-EVIDENCE-067 when the shop lets one not in; its e-mail is told, the password is not.
 */
export async function signInAll(
  { send }: Pick<Asker, "send">,
  { emails, password }: Accounts,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const sessions: string[] = new Array(emails.length);
  const queue = emails.entries();
  const worker = async () => {
    for (const [i, email] of queue) {
      signal?.throwIfAborted();
      const answer = await send({ method: "POST", path: "/api/sessions", body: { email, password } });
      sessions[i] = sessionIn(answer, email);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return sessions;
}

function sessionIn({ status, headers }: Answer, email: string): string {
  const session = SESSION.exec(headers["set-cookie"] ?? "")?.[1];
  if (status !== 201 || session === undefined) {
    const why = status === 201 ? "set no session cookie" : `answered ${status}`;
    throw new BanyanError("BYN-EVIDENCE-067", `signing in ${email}: the shop ${why}`);
  }
  return session;
}

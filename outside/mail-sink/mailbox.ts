/** A mail as the sink keeps it. Attachments are not kept. */
export interface KeptMail {
  readonly id: string;
  /** From the SMTP envelope: who it really went to, in lower case. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly messageId: string;
  readonly receivedAt: string;
  /** Its size on the wire. */
  readonly bytes: number;
  readonly text: string;
  readonly html: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface MailboxBounds {
  readonly mails: number;
  readonly bytes: number;
}

export interface Mailbox {
  add(mail: KeptMail): void;
  find(id: string): KeptMail | undefined;
  /** The newest first; with `to`, only those for that address. */
  list(to: string | undefined): readonly KeptMail[];
  clear(): void;
  /** `forgotten` counts the mails that gave way to newer ones since the start. */
  figures(): { readonly mails: number; readonly bytes: number; readonly forgotten: number };
}

/** The newest mails, within bounds: the oldest give way. */
export function createMailbox(bounds: MailboxBounds): Mailbox {
  let mails: KeptMail[] = [];
  let bytes = 0;
  let forgotten = 0;

  return {
    add: (mail) => {
      mails.push(mail);
      bytes += mail.bytes;
      let gone = 0;
      while (mails.length - gone > bounds.mails || bytes > bounds.bytes) bytes -= mails[gone++]?.bytes ?? 0;
      if (gone > 0) mails = mails.slice(gone);
      forgotten += gone;
    },
    find: (id) => mails.find((mail) => mail.id === id),
    list: (to) => mails.filter((mail) => to === undefined || mail.to.includes(to)).reverse(),
    clear: () => {
      mails = [];
      bytes = 0;
    },
    figures: () => ({ mails: mails.length, bytes, forgotten }),
  };
}

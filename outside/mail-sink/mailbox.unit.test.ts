import { expect, test } from "vitest";
import { createMailbox, type KeptMail } from "./mailbox.ts";

const mail = (id: string, bytes = 10, to = "a@x.example"): KeptMail => ({
  id,
  to: [to],
  from: "",
  subject: "",
  messageId: "",
  receivedAt: "2026-11-20T00:00:00.000Z",
  bytes,
  text: "",
  html: "",
  headers: [],
});
const idsOf = (mails: readonly KeptMail[]) => mails.map(({ id }) => id);

test("lists the newest first, and with an address only its own", () => {
  const mailbox = createMailbox({ mails: 10, bytes: 100 });
  mailbox.add(mail("1"));
  mailbox.add(mail("2", 10, "b@x.example"));
  mailbox.add(mail("3"));
  expect(idsOf(mailbox.list(undefined))).toEqual(["3", "2", "1"]);
  expect(idsOf(mailbox.list("a@x.example"))).toEqual(["3", "1"]);
  expect(mailbox.find("2")?.to).toEqual(["b@x.example"]);
});

test("the oldest give way when there are too many", () => {
  const mailbox = createMailbox({ mails: 2, bytes: 1_000 });
  for (const id of ["1", "2", "3", "4"]) mailbox.add(mail(id));
  expect(idsOf(mailbox.list(undefined))).toEqual(["4", "3"]);
  expect(mailbox.figures()).toEqual({ mails: 2, bytes: 20, forgotten: 2 });
});

test("as many of the oldest give way as a large one needs, and one over the whole bound does not stay", () => {
  const mailbox = createMailbox({ mails: 10, bytes: 100 });
  for (const id of ["1", "2", "3"]) mailbox.add(mail(id, 30));
  mailbox.add(mail("4", 60));
  expect(idsOf(mailbox.list(undefined))).toEqual(["4", "3"]);
  mailbox.add(mail("5", 101));
  expect(mailbox.figures()).toEqual({ mails: 0, bytes: 0, forgotten: 5 });
});

test("once it is emptied, nothing is in it and its size is nothing", () => {
  const mailbox = createMailbox({ mails: 10, bytes: 100 });
  mailbox.add(mail("1"));
  mailbox.clear();
  expect([mailbox.find("1"), mailbox.figures()]).toEqual([undefined, { mails: 0, bytes: 0, forgotten: 0 }]);
});

import type { Mutation } from "./plant.fixture.ts";

const QUARANTINE = "slot/quarantine.ts";
const PRUNE = "outbox/prune.ts";
const RELAY = "outbox/relay.ts";
const SENT_AGAIN = "a sending that failed, or that nobody noted, is sent again";

/** Pulling, sending and removing, §5.4 and §5.5. */
export const LOG_MUTATIONS: readonly Mutation[] = [
  {
    name: "t-pull",
    file: QUARANTINE,
    edits: [["if (!still) return false;", "if (still === null) return false;"]],
    killedBy: "missing rows quarantine nothing that has moved since the pull began",
  },
  {
    name: "c-pullstate",
    file: QUARANTINE,
    edits: [['row.state === "following" && ', ""]],
    killedBy: "missing rows don't disturb a re-fill that began meanwhile",
  },
  {
    name: "m-prune",
    file: PRUNE,
    edits: [["AND o.slot = passed.slot AND o.seq <= passed.seq", "AND o.slot = passed.slot"]],
    killedBy: "a row stays until the peer's seq has passed it",
  },
  {
    name: "t-prune",
    file: PRUNE,
    edits: [[" AND o.seq <= sent.seq", ""]],
    killedBy: "a row stays until the relay has noted it as sent, for the log's other readers",
  },
  {
    name: "c-retain",
    file: PRUNE,
    edits: [["AND o.created_at <= now() -", "AND o.created_at <= now() +"]],
    killedBy: "a row stays for the declared time",
  },
  {
    name: "c-noteearly",
    file: RELAY,
    edits: [
      [
        "await log.publish(records);",
        "await note(own, capability, lease, records);\n  await log.publish(records);",
      ],
    ],
    killedBy: SENT_AGAIN,
  },
  {
    name: "c-goeson",
    file: RELAY,
    edits: [["await log.publish(records);", "await log.publish(records).catch(() => {});"]],
    killedBy: SENT_AGAIN,
  },
  {
    name: "c-lease",
    file: RELAY,
    edits: [["AND lease.token = $3", "AND $3::bigint > 0"]],
    killedBy: "a relay whose lease is another's by now sends nothing",
  },
];

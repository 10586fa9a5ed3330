import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";

/** The contract of every command: what its exit code means. */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  evidenceFailed: 3,
  inconclusive: 4,
  partMissing: 5,
  refused: 6,
  interrupted: 130,
} as const;

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  "BYN-CLI-002": EXIT.usage,
  "BYN-CLI-006": EXIT.usage,
  "BYN-CLI-004": EXIT.refused,
  "BYN-CLI-005": EXIT.refused,
  "BYN-CLI-007": EXIT.refused,
  "BYN-CLI-008": EXIT.refused,
  "BYN-CLI-009": EXIT.refused,
  "BYN-CLI-010": EXIT.refused,
  "BYN-CLI-011": EXIT.interrupted,
  "BYN-CLI-013": EXIT.evidenceFailed,
  "BYN-CLI-014": EXIT.inconclusive,
  "BYN-CLI-015": EXIT.usage,
  "BYN-CLI-016": EXIT.usage,
  "BYN-CLI-017": EXIT.refused,
  "BYN-CLI-040": EXIT.refused,
  "BYN-CLI-041": EXIT.refused,
  "BYN-CLI-042": EXIT.partMissing,
  "BYN-CLI-043": EXIT.refused,
  "BYN-CLI-046": EXIT.evidenceFailed,
  "BYN-CLI-047": EXIT.partMissing,
  "BYN-CLI-019": EXIT.interrupted,
  "BYN-CLI-020": EXIT.interrupted,
  "BYN-DATA-009": EXIT.partMissing,
  "BYN-EVIDENCE-028": EXIT.refused,
  "BYN-EVIDENCE-050": EXIT.usage,
  "BYN-EVIDENCE-051": EXIT.usage,
  "BYN-EVIDENCE-052": EXIT.usage,
  "BYN-EVIDENCE-053": EXIT.usage,
  "BYN-EVIDENCE-061": EXIT.interrupted,
  "BYN-EVIDENCE-062": EXIT.usage,
  "BYN-EVIDENCE-054": EXIT.partMissing,
  "BYN-EVIDENCE-055": EXIT.partMissing,
  "BYN-FLAGS-002": EXIT.partMissing,
  "BYN-FLAGS-006": EXIT.refused,
};

/** A configuration mistake is usage (2), a part that can't be had is 5, the rest stands in the table or is internal (1). */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BanyanError)) return EXIT.internal;
  const listed = BY_CODE[error.code];
  if (listed !== undefined) return listed;
  if (error.code.startsWith("BYN-CONFIG-")) return EXIT.usage;
  if (error.code.startsWith("BYN-PARTS-")) return EXIT.partMissing;
  return EXIT.internal;
}

import { fileURLToPath } from "node:url";

/**
 * The folder of the migrations that a database of an owned capability takes in before its own
 * (`migrate(pool, HANDOVER_TABLES)`); a migration of the capability then calls
 * `SELECT handover.open('<capability>', <true at the first owner>)`.
 */
export const HANDOVER_TABLES = fileURLToPath(new URL("migrations", import.meta.url));

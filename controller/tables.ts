import { fileURLToPath } from "node:url";

/** The folder of the migrations of the controller's own database: `migrate(own, CONTROLLER_TABLES)`. */
export const CONTROLLER_TABLES = fileURLToPath(new URL("migrations", import.meta.url));

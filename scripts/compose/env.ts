// `npm run compose:env`: writes `.env` beside docker-compose.yml. What is there already stays as it is.
import { join } from "node:path";
import { createScreen } from "../terminal/screen.ts";
import { completeEnvFile, SECRETS } from "./env-file.ts";

const screen = createScreen(false);
const file = join(import.meta.dirname, "..", "..", ".env");
const added = completeEnvFile(file);
if (added.length === 0)
  screen.good(`${file} has all ${Object.keys(SECRETS).length} secrets; nothing was changed`);
else screen.good(`${file}: made ${added.length} secrets (mode 0600, ignored by git)`);
screen.say(
  "  Unleash and Grafana: user admin, passwords UNLEASH_ADMIN_PASSWORD and GRAFANA_ADMIN_PASSWORD in it",
);
screen.next("docker compose up -d --wait");

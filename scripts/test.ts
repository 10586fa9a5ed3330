// `npm test`: fetches the real parts that the tests stand on, then runs every gate and every test.
import { join } from "node:path";
import { check } from "./check.ts";
import { cacheFolder } from "./parts/cache.ts";
import { getChromium } from "./parts/chromium.ts";
import { getK6 } from "./parts/k6.ts";
import { k6Release } from "./parts/k6-release.ts";
import { getKafka, KAFKA_VERSION } from "./parts/kafka-install.ts";
import { installUnleash } from "./parts/unleash-install.ts";
import { exitCodeOf } from "./terminal/exit-code.ts";
import { createScreen, showError } from "./terminal/screen.ts";

const root = join(import.meta.dirname, "..");
const env = process.env;
const screen = createScreen(false);
const folder = cacheFolder(env);
const say = (text: string) => screen.say(`  ${text}`);

try {
  screen.title("Fetching the real parts that the tests stand on");
  const k6 = await getK6({
    cacheFolder: folder,
    moduleFolder: join(root, "tools", "k6"),
    release: k6Release(process.platform, process.arch),
    env,
    say,
  });
  screen.good(`k6 ${k6.version} (${k6.source})`);
  await installUnleash({
    cacheFolder: folder,
    toolFolder: join(root, "tools", "unleash"),
    nodePath: process.execPath,
    env,
    say,
  });
  screen.good("Unleash");
  const uid = process.getuid?.() ?? -1;
  const kafka = await getKafka({
    cacheFolder: folder,
    toolFolder: join(root, "tools", "kafka"),
    env,
    uid,
    say,
  });
  if (kafka.folder === null) screen.warn(`no Kafka: its tests are skipped (${kafka.reason})`);
  else screen.good(`Kafka ${KAFKA_VERSION}`);
  const chromium = await getChromium({ env, uid, say });
  if (chromium.path === null) screen.warn(`no Chromium: the browser tests are skipped (${chromium.reason})`);
  else screen.good(`Chromium (${chromium.version})`);
  const ok = await check(process.argv.slice(2), {
    BANYAN_K6: k6.path,
    ...(kafka.folder === null ? { BANYAN_NO_KAFKA: kafka.reason } : { BANYAN_KAFKA: kafka.folder }),
    ...(chromium.path === null ? { BANYAN_NO_CHROMIUM: chromium.reason } : { CHROME_PATH: chromium.path }),
  });
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  showError(screen, error, true);
  // The closing line stands even when nothing could be run: a missing part is a failure, not silence.
  console.log("\n0 passed, 1 failed");
  process.exitCode = exitCodeOf(error);
}

import { readFile } from "node:fs/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Log } from "@banyan/platform/logging/log.ts";

/** Where the pages fetch their data. */
export interface StorefrontBase {
  /** `http://host:port`, without a slash at the end. */
  base(): string;
  /** Reads the file again. A bad one changes nothing and is logged as BYN-SHOP-024. Never rejects. */
  reload(): Promise<void>;
}

export interface StorefrontBaseOptions {
  /** Path of a file that holds one address (STOREFRONT_FILE); without a file, the shop asks itself. */
  readonly file: string | undefined;
  /** The shop's own address; asked for when it is needed, since the port may be the system's choice. */
  readonly itself: () => string;
  readonly log: Log;
}

const MAX_LENGTH = 2_048;

/** The base, read for the first time. */
export async function storefrontBase({ file, itself, log }: StorefrontBaseOptions): Promise<StorefrontBase> {
  let given: string | undefined;
  // The last reload wins, whichever reading ends last.
  let readings = 0;
  const reload = async (): Promise<void> => {
    if (file === undefined) return;
    const reading = ++readings;
    try {
      const next = await read(file);
      if (reading !== readings) return;
      given = next;
      log.info({ base: given ?? "itself" }, "the storefront's API base was read");
    } catch (error) {
      const code = error instanceof BanyanError ? error.code : "BYN-SHOP-024";
      log.error(
        { code, err: error, file, base: given ?? "itself" },
        "the storefront's API base stays as it is",
      );
    }
  };
  await reload();
  return { base: () => given ?? itself(), reload };
}

/** Undefined when there is no such file. */
async function read(file: string): Promise<string | undefined> {
  try {
    return originOf((await readFile(file, "utf8")).trim());
  } catch (cause) {
    if (cause instanceof BanyanError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new BanyanError("BYN-SHOP-024", "the file can't be read", { cause });
  }
}

/** Only a whole origin: a path, a query or a user in it would be a mistake of whoever wrote it. */
function originOf(text: string): string {
  const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  const whole = url !== undefined && (url.protocol === "http:" || url.protocol === "https:");
  if (!whole || url.href !== `${url.origin}/`) {
    throw new BanyanError("BYN-SHOP-024", "the file does not hold one address like http://127.0.0.1:8080");
  }
  return url.origin;
}

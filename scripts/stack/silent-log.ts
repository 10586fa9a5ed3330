import { createLog } from "@banyan/platform/logging/log.ts";

/** For pools of the command line, whose troubles are thrown. One for the life of the process: each waits for its end. */
export const silentLog = createLog("banyan", "silent");

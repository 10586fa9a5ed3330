import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

test.each(["stdout", "stderr"] as const)(
  "a reader of %s that goes away ends nothing, and nobody sees a stack",
  async (stream) => {
    const script = `
    import { createScreen } from ${JSON.stringify(join(import.meta.dirname, "screen.ts"))};
    const screen = createScreen(${stream === "stderr"});
    screen.say("first");
    process.stdin.once("data", async () => {
      for (let i = 0; i < 1_000; i++) screen.say("more");
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.exit(7);
    });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "pipe" });
    let complaint = "";
    child.stderr.on("data", (chunk) => {
      complaint += stream === "stdout" ? chunk : "";
    });
    await once(child[stream], "data");
    child[stream].destroy();
    child.stdin.end("go on\n");
    expect(await once(child, "exit")).toEqual([7, null]);
    expect(complaint).toBe("");
  },
);

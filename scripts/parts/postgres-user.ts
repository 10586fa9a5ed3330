import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { lastLines, type Say } from "./say.ts";
import { type Environment, findOnPath, type RunAs, reasonOf, runTool } from "./tool.ts";

const USER = "postgres";

/** The user that Postgres runs as: null means ourselves, which it allows to anyone but root. */
export async function postgresUser(uid: number, env: Environment, say: Say): Promise<RunAs | null> {
  if (uid !== 0) return null;
  return (await lookUp(env)) ?? (await addUser(env, say));
}

/**
 * True when that user can pass to and use every path (`x` on each). Asked of the system, as that user: rights
 * hang on every folder above, on groups and on ACLs.
 * @throws BYN-PARTS-002 when we may not become that user.
 */
export async function reaches(as: RunAs, paths: readonly string[], env: Environment): Promise<boolean> {
  const question = 'for path; do [ -x "$path" ] || exit 1; done';
  try {
    const { code } = await runTool("/bin/sh", ["-c", question, "sh", ...paths], { env, cwd: "/", as });
    return code === 0;
  } catch (cause) {
    const detail = `Root may not become uid ${as.uid} here: ${reasonOf(cause)}`;
    throw new BanyanError("BYN-PARTS-002", detail, { cause });
  }
}

async function lookUp(env: Environment): Promise<RunAs | null> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => runTool("id", [flag, USER], { env })));
  if (uid?.code !== 0 || gid?.code !== 0) return null;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function addUser(env: Environment, say: Say): Promise<RunAs> {
  const useradd = await findOnPath("useradd", { PATH: `${env.PATH ?? ""}:/usr/sbin:/sbin` });
  if (useradd === null) throw new BanyanError("BYN-PARTS-002", `There is no user ${USER}, and no useradd.`);
  say(`adding the system user ${USER}: Postgres refuses to run as root`);
  const args = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", USER];
  const result = await runTool(useradd, args, { env });
  const user = await lookUp(env);
  if (user !== null) return user;
  throw new BanyanError("BYN-PARTS-002", `useradd ${USER} failed: ${lastLines(result.stderr, 3)}`);
}

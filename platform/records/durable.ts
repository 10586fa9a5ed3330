import { type FileHandle, open, rm } from "node:fs/promises";

/** Makes names in a folder (creations, renames) outlive a power cut; the files' own fsync does not. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a file that must not exist yet, and returns when it is on the disk. */
export async function writeNewFile(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const handle = await open(path, "wx", mode);
  try {
    await writeAll(handle, typeof data === "string" ? Buffer.from(data) : data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Cleaning up after a failure must not hide what failed. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** write(2) may take less than it was given, and says ENOSPC only at the next one. */
export async function writeAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  for (let done = 0; done < data.length; ) {
    done += (await handle.write(data, done)).bytesWritten;
  }
}

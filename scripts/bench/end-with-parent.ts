/**
 * Loaded before each process of the bench (`--import`): whatever ends the bench, a `kill -9` too, closes the channel to
 * its children, and that ends them. The channel must not keep a process up that has been asked to stop.
 */
process.once("disconnect", () => process.exit(0));
process.channel?.unref();

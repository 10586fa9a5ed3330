// The health check of our images: ends with 0 when the address answers 2xx within two seconds. Without an address it
// asks whether the process lives: at its own port, or at the proxy's admin port.
const address = process.argv[2] ?? `http://127.0.0.1:${process.env.PORT ?? 8081}/livez`;
try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) });
  process.stdout.write(`${answer.status} ${(await answer.text()).slice(0, 500)}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${address}: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

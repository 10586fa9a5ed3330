/** An address's host as sockets take it: IPv6 without its brackets. */
export function socketHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

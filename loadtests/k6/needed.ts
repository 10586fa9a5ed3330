/** What the load runner gives a scenario by its environment. Throws in k6's init where it is missing. */
export function needed(name: string): string {
  const value = __ENV[name];
  if (value === undefined)
    throw new Error(`${name} is not set: this scenario is started by Banyan's load runner`);
  return value;
}

import type { Settings } from "./settings.ts";

/** What a step of a capability waits for: another one, at that stage. */
export interface Dependency {
  readonly capability: string;
  readonly stage: "live";
}

/** What must stand before a step up of the capability, in the file's order. */
export function dependenciesOf({ capabilities }: Settings, capability: string): readonly Dependency[] {
  return Object.entries(capabilities[capability]?.dependsOn ?? {}).map(([name, stage]) => ({
    capability: name,
    stage,
  }));
}

/** The capabilities that need this one to stay as it is: a rollback goes by them first (design §5). */
export function dependentsOf({ capabilities }: Settings, capability: string): readonly string[] {
  return Object.keys(capabilities).filter((name) => capability in (capabilities[name]?.dependsOn ?? {}));
}

import type { Role } from "@banyan/contracts/http/customers.ts";
import { uuidV7 } from "../adapters/identifier.ts";
import { HOUR_MS, OPENED_MS } from "./calendar.ts";
import { randomFrom } from "./random.ts";
import { FIRST_NAMES, LAST_NAMES } from "./words.ts";

export interface SeedCustomer {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Date;
}

export const ADMIN_EMAIL = "admin@shop.example";

/** All demo accounts have this password: hashing 2,000 different ones would take a minute. */
export const DEMO_PASSWORD = "banyan-demo-shop";
export const DEMO_PASSWORD_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$yMeQWqcSwHvIJ30XNzepuw$p+Ut/GiAHUSnBhcM0e2C4PqGzej/ePjDISqJ7EsBg+g";

/** The administrator and `count` customers; the same for the same seed. */
export function seedCustomers(seed: number, count: number): SeedCustomer[] {
  // A stream of its own: another number of products must not make other customers.
  const random = randomFrom(seed ^ 0x5eed);
  const people: SeedCustomer[] = [
    {
      id: uuidV7(OPENED_MS, random.bytes(10)),
      email: ADMIN_EMAIL,
      name: "Shop Admin",
      role: "admin",
      createdAt: new Date(OPENED_MS),
    },
  ];
  for (let number = 1; number <= count; number++) {
    const first = random.pick(FIRST_NAMES);
    const last = random.pick(LAST_NAMES);
    const createdMs = OPENED_MS + number * HOUR_MS;
    people.push({
      id: uuidV7(createdMs, random.bytes(10)),
      email: `${first}.${last}.${number}@mail.example`.toLowerCase(),
      name: `${first} ${last}`,
      role: "customer",
      createdAt: new Date(createdMs),
    });
  }
  return people;
}

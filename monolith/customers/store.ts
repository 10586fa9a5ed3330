import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Customer } from "@banyan/contracts/http/customers.ts";
import { DatabaseError, type Pool, type PoolClient } from "pg";

const UNIQUE_VIOLATION = "23505";

/** Adds a customer. A taken e-mail is BYN-SHOP-009. */
export async function addCustomer(
  pool: Pool,
  customer: Customer,
  passwordHash: string,
  createdAt: Date,
): Promise<void> {
  try {
    await pool.query(
      "INSERT INTO customer (id, email, name, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
      [customer.id, customer.email, customer.name, passwordHash, customer.role, createdAt],
    );
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) {
      throw new BanyanError("BYN-SHOP-009", "this e-mail has an account", { cause: error });
    }
    throw error;
  }
}

export async function customerById(database: Pool | PoolClient, id: string): Promise<Customer | undefined> {
  return (await database.query<Customer>("SELECT id, email, name, role FROM customer WHERE id = $1", [id]))
    .rows[0];
}

/** For signing in: the customer with the hash to check, or undefined. */
export async function credentialsOf(
  pool: Pool,
  email: string,
): Promise<{ customer: Customer; passwordHash: string } | undefined> {
  const { rows } = await pool.query<Customer & { password_hash: string }>(
    "SELECT id, email, name, role, password_hash FROM customer WHERE email = $1",
    [email],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { password_hash: passwordHash, ...customer } = row;
  return { customer, passwordHash };
}

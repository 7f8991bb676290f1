import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/**
 * argon2id (the library's default) with 19 MiB, two passes and one lane.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A password for somebody who has not chosen one: 120 bits in 20 characters. */
export const newPassword = (): string => randomBytes(15).toString('base64url');

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

let nobodysHash: Promise<string> | undefined;

/**
 * Whether this is the password of that hash.
 * @param passwordHash `undefined` where there is no such person: the answer is then false, and takes as long as any other.
 */
export async function passwordMatches(passwordHash: string | undefined, password: string): Promise<boolean> {
  const instead = await (nobodysHash ??= hashPassword('nobody has this password'));
  const matches = await verify(passwordHash ?? instead, password);
  return matches && passwordHash !== undefined;
}

import { hash, randomBytes } from 'node:crypto';

/** 192 bits: nothing that can be guessed, so that a quick hash protects it as well as a slow one. */
const SECRET_BYTES = 24;
/** Characters that are kept for recognition: the kind, and 30 of the 192 bits. */
const PREFIX_LENGTH = 8;

/** `wk`: sends events; `ak`: reads or administers; `vk`: opens a shared view; `st`: a session. */
export type SecretKind = 'wk' | 'ak' | 'vk' | 'st';

/** A new key or token, such as `ak_…`; 35 characters that need no escaping anywhere. */
export const newSecret = (kind: SecretKind): string => `${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;

/**
 * SHA-256, 64 hexadecimal digits: what is kept of a secret, and what it is found by. A look-up by hash compares nothing that an
 * attacker could steer character by character, so its time tells nothing.
 */
export const hashOfSecret = (secret: string): string => hash('sha256', secret);

/** What may be shown of a secret: its beginning, and never more than a quarter of it. */
export const prefixOfSecret = (secret: string): string => secret.slice(0, Math.min(PREFIX_LENGTH, secret.length >> 2));

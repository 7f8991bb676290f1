import { Transform } from 'class-transformer';
import { IsEmail, IsIn, Length, Matches } from 'class-validator';

/** OWASP asks for at least 8 without a second factor; a longer one costs people nothing that a password manager does not do for them. */
export const MIN_PASSWORD_LENGTH = 12;
/** Hashing more would only cost time. */
export const MAX_PASSWORD_LENGTH = 128;

export const ROLES = ['viewer', 'admin'] as const;
export const KEY_SCOPES = ['ingest', 'read', 'admin'] as const;

/** Pages of the dashboard that can be kept as a view. */
export const VIEW_PAGES = ['overview', 'live', 'events', 'funnels', 'retention', 'paths', 'pipeline'] as const;
/** Those that show summed numbers only, and may therefore be seen by whoever has a link. */
export const SHARED_PAGES = ['overview', 'funnels', 'retention', 'paths'] as const;

const EMAIL = { message: '$property must be an e-mail address of at most 254 characters' };
const PASSWORD = { message: `$property must be a text of ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters` };
const ANY_PASSWORD = { message: `$property must be a text of 1 to ${MAX_PASSWORD_LENGTH} characters` };

/** Hosts without a dot are allowed: the first administrator of a machine is `admin@localhost`. */
export const IsAddress = () => IsEmail({ require_tld: false }, EMAIL);
export const IsNewPassword = () => Length(MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH, PASSWORD);
export const IsAnyPassword = () => Length(1, MAX_PASSWORD_LENGTH, ANY_PASSWORD);
export const IsName = () =>
  Matches(/^(?=.*\S)\P{Cc}{1,100}$/u, { message: '$property must be a text of 1 to 100 characters, none of them a control character' });
export const IsProjectIdField = () =>
  Matches(/^[a-z][a-z0-9-]{0,62}$/, { message: '$property must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters' });
export const IsOneOf = (values: readonly string[]) => IsIn(values, { message: `$property must be one of ${values.join(', ')}` });

/** Without spaces around it; what is no text is left for the validator. */
export const Trimmed = () => Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

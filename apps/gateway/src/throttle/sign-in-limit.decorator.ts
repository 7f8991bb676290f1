import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const SIGN_IN_LIMIT = Symbol('SIGN_IN_LIMIT');

/** Marks a route that tries a password: a few tries a minute for each e-mail address (or person) and network address. */
export const SignInLimit = (): CustomDecorator<symbol> => SetMetadata(SIGN_IN_LIMIT, true);

import { findApiKey, findSession, validCredentials } from '@analytics/timescale';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AccessTables } from './access-tables.service.js';
import type { Caller } from './caller.js';
import { credentialOf, type Credential } from './credential.js';

/** A request whose caller is known, or will be. */
export interface IdentifiedRequest extends Request {
  /** Set by the guard that let it in. */
  caller?: Caller;
  /** Asked once, by whichever guard comes first. `null`: nobody. */
  identifying?: Promise<Caller | null>;
}

/** Tells who asks. Rejects when the database does not answer: then nobody is known, and nobody is let in. */
@Injectable()
export class Identification {
  constructor(private readonly tables: AccessTables) {}

  /** @returns `null` when the request shows no credential that is valid now. */
  ofRequest(request: IdentifiedRequest): Promise<Caller | null> {
    return (request.identifying ??= this.of(credentialOf(request.headers)));
  }

  async of(credential: Credential | undefined): Promise<Caller | null> {
    if (credential === undefined) return null;
    const tables = await this.tables.open();
    return credential.kind === 'key' ? findApiKey(tables, credential.key) : findSession(tables, credential.token);
  }

  /** Which of these credentials, by their hashes, are still valid. */
  async stillValid(credentials: string[]): Promise<Set<string>> {
    return validCredentials(await this.tables.open(), credentials);
  }
}

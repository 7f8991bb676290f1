import type { ChildProcess } from 'node:child_process';
import type { ProviderName } from './services-state.js';

/** Addresses of the services that run; one that does not run is left out. */
export interface ServiceAddresses {
  redisUrl?: string;
  /** The owner's address of database `analytics`. */
  databaseUrl?: string;
  /** Where embedded servers keep their data. */
  dataFolder?: string;
}

/** The programs to look inside with. */
export type Shell = 'psql' | 'redis-cli';

/** One way to get Redis and TimescaleDB. */
export interface ServicesProvider {
  readonly name: ProviderName;
  /** Starts what does not run and resolves when both answer. */
  up(): Promise<{ redisUrl: string; databaseUrl: string; alreadyRunning: boolean }>;
  status(): Promise<ServiceAddresses>;
  /** Stops both in an orderly way and resolves when they are gone. */
  stop(): Promise<void>;
  /** Stops both and deletes their data. */
  reset(): Promise<void>;
  /** Starts an interactive program connected to its server, on this terminal. */
  shell(program: Shell, args: readonly string[]): Promise<ChildProcess>;
}

import { createDataSource } from '@analytics/timescale';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

const CONNECTIONS = 4;
const QUERY_TIMEOUT_MS = 5_000;

/** The tables of projects, keys, people and sessions, as the role that sees nothing else. */
@Injectable()
export class AccessTables implements OnApplicationShutdown {
  private opening?: Promise<DataSource>;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /** Connects when first asked, and again while it fails: the gateway starts, and says why it is not ready, without a database. */
  open(): Promise<DataSource> {
    this.opening ??= this.connect().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  async onApplicationShutdown(): Promise<void> {
    const tables = await this.opening?.catch(() => undefined);
    await tables?.destroy();
  }

  private connect(): Promise<DataSource> {
    const url = this.config.DATABASE_ACCESS_URL;
    return createDataSource({ url, max: CONNECTIONS, applicationName: 'gateway-access', queryTimeoutMs: QUERY_TIMEOUT_MS }).initialize();
  }
}

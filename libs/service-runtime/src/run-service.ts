import { Logger, type INestApplication, type LoggerService } from '@nestjs/common';
import { ConfigError } from './config.js';

/** A service has this long from the signal to its end; then the process exits with 1. */
const SHUTDOWN_DEADLINE_MS = 10_000;

export interface ServiceAddress {
  host: string;
  port: number;
}

/**
 * The life of a service: create, listen, wait for a signal, close in order, exit 0.
 * A failure to start is one sentence and exit code 1. When the process that started it goes away
 * (its IPC channel closes), the service stops as by SIGTERM, so nothing is left running.
 */
export async function runService(name: string, start: () => Promise<{ app: INestApplication; address: ServiceAddress }>): Promise<void> {
  let app: INestApplication;
  try {
    const started = await start();
    app = started.app;
    const { host, port } = started.address;
    await app.listen(port, host);
    Logger.log(`listening on ${await app.getUrl()}`, name);
  } catch (error) {
    process.stderr.write(`${startFailure(name, error)}\n`);
    process.exit(1);
  }
  stopOnSignal(name, app);
  process.send?.('listening');
}

function stopOnSignal(name: string, app: INestApplication): void {
  let stopping = false;
  const stop = (cause: string): void => {
    if (stopping) return;
    stopping = true;
    Logger.log(`stopping (${cause})`, name);
    setTimeout(() => {
      process.stderr.write(`${name}: did not stop within ${SHUTDOWN_DEADLINE_MS / 1000} s; exiting anyway\n`);
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${name}: failed while stopping: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the process that started it is gone'));
}

function startFailure(name: string, error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port, address, message } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') return `${name}: port ${port} on ${address} is taken by another program; stop it, or set PORT to a free one`;
  return `${name}: could not start: ${message || String(error)}`;
}

/** Makes Nest and the service itself log through one logger. */
export function useLogger(logger: LoggerService): LoggerService {
  Logger.overrideLogger(logger);
  return logger;
}

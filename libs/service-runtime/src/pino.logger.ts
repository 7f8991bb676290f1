import type { LoggerService } from '@nestjs/common';
import { pino, type Level, type Logger } from 'pino';
import pretty from 'pino-pretty';

export interface LoggerOptions {
  service: string;
  level: string;
  format: 'json' | 'pretty';
}

/**
 * Nest's logger on pino: one JSON object a line with `service`, `context`, `msg` and, for errors, `err`.
 * (nestjs-pino would do the same, but its version for Nest 12 declares Node 22.)
 */
export class PinoLogger implements LoggerService {
  private readonly logger: Logger;

  constructor({ service, level, format }: LoggerOptions) {
    this.logger = pino(
      { level, base: { service } },
      format === 'pretty'
        ? pretty({ sync: true, colorize: process.stdout.isTTY, ignore: 'pid,hostname,service,context', messageFormat: '{service} {msg}' })
        : pino.destination({ dest: 1, sync: true }),
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  // Nest appends the context as the last string; before it an error's stack may stand.
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    // A failure to start is told once, in a sentence, by runService.
    if (context === 'ExceptionHandler') return;
    const others = context === undefined ? rest : rest.slice(0, -1);
    const err = [message, ...others].find((part) => part instanceof Error);
    const stack = others.find((part) => typeof part === 'string' && part.includes('\n    at '));
    const fields = { context, ...(err ? { err } : {}), ...(stack ? { stack } : {}), ...(isPlainObject(message) ? message : {}) };
    this.logger[level === 'info' && NEST_DETAILS.has(context ?? '') ? 'debug' : level](fields, typeof message === 'string' ? message : err instanceof Error ? err.message : undefined);
  }
}

/** Contexts in which Nest tells every module and route at each start. */
const NEST_DETAILS = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'WebSocketsController', 'NestFactory']);

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

import { Controller, Get, Inject, Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';

/** One thing a service cannot work without. `check` resolves with details, or rejects with the reason. */
export interface ReadinessCheck {
  name: string;
  check(): Promise<Record<string, unknown> | void>;
}

/** Injection token of the service's list of {@link ReadinessCheck}. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

const CHECK_TIMEOUT_MS = 2_000;

@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_CHECKS) private readonly checks: ReadinessCheck[],
  ) {}

  /** Alive: the process answers. A dead dependency does not make it restart. */
  @Get('health')
  alive(): { status: 'ok'; pid: number; uptime_s: number } {
    return { status: 'ok', pid: process.pid, uptime_s: Math.round(process.uptime()) };
  }

  /** Ready: everything it needs answers; 503 with the reason otherwise. */
  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.health.check(
      this.checks.map(({ name, check }) => async () => {
        const indicator = this.indicators.check(name);
        try {
          return indicator.up((await withTimeout(check())) ?? {});
        } catch (error) {
          return indicator.down({ reason: error instanceof Error ? error.message : String(error) });
        }
      }),
    );
  }
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** `GET /health` and `GET /ready`. */
@Module({})
export class HealthModule {
  /** @param checks builds the readiness checks from injected parts. */
  static registerAsync(options: {
    imports?: ModuleMetadata['imports'];
    inject?: InjectionToken[];
    useFactory: (...deps: never[]) => ReadinessCheck[];
  }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false }), ...(options.imports ?? [])],
      controllers: [HealthController],
      providers: [{ provide: READINESS_CHECKS, inject: options.inject ?? [], useFactory: options.useFactory }],
    };
  }
}

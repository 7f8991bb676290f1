import { MetricsRegistry } from '@analytics/service-runtime';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';

/** How many clients the live feed has and what it sends them; the numbers of `/metrics` and of the pipeline's state. */
@Injectable()
export class LiveClients {
  count = 0;
  subscriptions = 0;
  private readonly pushes = new Map<string, number>();

  constructor(registry: MetricsRegistry) {
    const registers = [registry];
    const countOf = (read: () => number) =>
      function collect(this: Gauge): void {
        this.set(read());
      };
    const gauge = (name: string, help: string, read: () => number) => new Gauge({ name, help, registers, collect: countOf(read) });
    gauge('gateway_live_clients', 'Clients on the live feed', () => this.count);
    gauge('gateway_live_subscriptions', 'Subscriptions of all clients', () => this.subscriptions);
    const pushes = this.pushes;
    new Counter({
      name: 'gateway_live_pushes_total',
      help: 'Answers sent to clients',
      labelNames: ['query'],
      registers,
      collect() {
        this.reset();
        for (const [query, count] of pushes) this.inc({ query }, count);
      },
    });
  }

  /** An answer was sent to a client. Counted here and not in the metric, which would take longer for it than all else about it. */
  pushed(query: string): void {
    this.pushes.set(query, (this.pushes.get(query) ?? 0) + 1);
  }
}

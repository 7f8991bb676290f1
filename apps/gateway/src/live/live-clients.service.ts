import { MetricsRegistry } from '@analytics/service-runtime';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';

/** How many clients the live feed has and what it sends them; the numbers of `/metrics` and of the pipeline's state. */
@Injectable()
export class LiveClients {
  count = 0;
  subscriptions = 0;
  readonly pushes: Counter<'query'>;

  constructor(registry: MetricsRegistry) {
    const registers = [registry];
    const countOf = (read: () => number) =>
      function collect(this: Gauge): void {
        this.set(read());
      };
    new Gauge({ name: 'gateway_live_clients', help: 'Clients on the live feed', registers, collect: countOf(() => this.count) });
    new Gauge({ name: 'gateway_live_subscriptions', help: 'Subscriptions of all clients', registers, collect: countOf(() => this.subscriptions) });
    this.pushes = new Counter({ name: 'gateway_live_pushes_total', help: 'Answers sent to clients', labelNames: ['query'], registers });
  }
}

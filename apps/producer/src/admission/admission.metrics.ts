import { Gauge, type Registry } from 'prom-client';
import type { AdmissionGate } from './admission.gate.js';

/** What the gate sees and decides, read when Prometheus asks. */
export function registerAdmissionMetrics(gate: AdmissionGate, registry: Registry): void {
  const gauge = (name: string, help: string, read: () => number): void =>
    void new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('analytics_admission_open', '1 while events are taken in, 0 while they are refused with 429', () => Number(gate.open));
  gauge('analytics_admission_lag_seconds', 'Age of the oldest event that is not stored', () => gate.describe().lag_ms / 1000);
  gauge('analytics_admission_memory_ratio', "Share of Redis's maxmemory in use; 0 without one", () => gate.describe().memory_share);
}

import { runChaos } from './chaos-run.js';

describe('a short seeded mix of faults', () => {
  it('#38 loses nothing, doubles nothing, balances the ledger, and lets no count fall', async () => {
    const result = await runChaos({ seed: 38, plan: { kind: 'random', ms: 60_000 }, rate: 300, durable: false, say: () => undefined });
    expect({ seed: result.seed, faults: result.verdict.faults }).toEqual({ seed: 38, faults: [] });
    expect(result.verdict.acknowledged).toBeGreaterThan(1_000);
    expect(result.samples).toBeGreaterThan(10);
    expect(result.struck.size).toBeGreaterThan(5);
  }, 240_000);
});

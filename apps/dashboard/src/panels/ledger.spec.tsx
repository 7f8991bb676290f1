import type { LedgerDto, LedgerTotalsDto } from '@analytics/dto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { queryKeyOf } from '../api/live-request.js';
import { LiveFeed } from '../live/live-feed.js';
import { problemOf, startLiveServer } from '../live/live-server.fixture.js';
import { cacheSink, LiveFeedContext } from '../live/use-live.js';
import { Ledger } from './ledger.js';
import { ledgerVerdict, settlingOf } from './ledger-verdict.js';

const TOTALS: LedgerTotalsDto = {
  accepted: 120,
  stored: 100,
  duplicate: 8,
  dead: 7,
  replayed: 2,
  inFlight: 5,
  missing: 0,
  surplus: 0,
  residue: 0,
};
const ledger = (totals: Partial<LedgerTotalsDto> = {}, part: Partial<LedgerDto> = {}): LedgerDto => ({
  asOf: '2026-01-31T12:00:00.000Z',
  from: '2026-01-31T11:00:00.000Z',
  to: '2026-01-31T12:00:00.000Z',
  settledUntil: '2026-01-31T12:00:00.000Z',
  truncated: false,
  totals: { ...TOTALS, ...totals },
  minutes: [{ ...TOTALS, ...totals, minute: '2026-01-31T11:30:00.000Z' }],
  ...part,
});

describe('the verdict on a ledger', () => {
  it.each([
    [ledger(), 'good', 'Every accepted event is accounted for.'],
    [ledger({ accepted: 0 }), 'good', 'Nothing was accepted in the last hour.'],
    [ledger({ missing: 1, residue: 1 }), 'bad', '1 event is missing: accepted, but neither stored nor counted elsewhere.'],
    [ledger({ surplus: 2000, residue: 2000 }), 'bad', '2,000 events were counted more often than accepted.'],
    [ledger({}, { settledUntil: null, truncated: true }), 'unknown', 'No consumer has reported yet, so nothing can be settled.'],
  ] as const)('%# is said in a sentence', (answer, tone, words) => expect(ledgerVerdict(answer)).toEqual({ tone, words }));

  it('is bad whenever there is residue, whatever else is unknown', () => {
    expect(ledgerVerdict(ledger({ surplus: 1, residue: 1 }, { truncated: true })).tone).toBe('bad');
    expect(ledgerVerdict(ledger({}, { truncated: true })).tone).toBe('unknown');
  });

  it('leaves as settling what the last seconds lack, so that the sum always comes out', () => {
    expect(settlingOf(ledger())).toBe(0);
    expect(settlingOf(ledger({ accepted: 117 }))).toBe(-3);
    expect(settlingOf(ledger({ stored: 96, missing: 3, residue: 3 }))).toBe(1);
  });
});

describe('the ledger panel', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let client: QueryClient;
  beforeEach(async () => {
    server = await startLiveServer();
    server.answerWith(() => ({ ok: false, problem: problemOf('not now') }));
    client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    await server.close();
  });
  function show(answer: LedgerDto): void {
    client.setQueryData(queryKeyOf({ query: 'ledger', params: { project: 'demo' }, window: { seconds: 3600 } }), answer);
    render(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={new LiveFeed(server.connect(), cacheSink(client))}>
          <Ledger project="demo" />
        </LiveFeedContext>
      </QueryClientProvider>,
    );
  }
  const value = (id: string) => screen.getByTestId(`ledger-${id}`).dataset.value;

  it('shows that accepted is the sum of all places', () => {
    show(ledger());
    expect(['accepted', 'stored', 'duplicates', 'dead-letters', 'in-flight', 'settling'].map(value)).toEqual(['120', '100', '8', '7', '5', '0']);
    expect(screen.getByTestId('ledger-residue').dataset).toMatchObject({ value: '0', tone: 'good' });
    expect(screen.getByText('2 replayed later')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByRole('img', { name: 'Accepted events by the minute; no minute has residue' }).children).toHaveLength(60);
  });

  it('raises the alarm over residue, and names the minutes', () => {
    show(ledger({ stored: 98, missing: 2, residue: 2 }));
    expect(screen.getByTestId('ledger-residue').dataset).toMatchObject({ value: '2', tone: 'bad' });
    expect(screen.getByRole('alert').textContent).toContain('2 events are missing');
    expect(screen.getByTestId('ledger-faults').textContent).toMatch(/^\d\d:30: 2 missing$/);
    expect(screen.getByRole('img', { name: 'Accepted events by the minute; 1 with residue' })).toBeTruthy();
  });

  it('claims nothing while no consumer reports', () => {
    show(ledger({}, { settledUntil: null, truncated: true }));
    expect(screen.getByTestId('ledger-residue').textContent).toBe('–');
  });
});

import type { ConsumerStatusDto, HopsDto, PipelineDto } from '@analytics/dto';
import { clockWords, hopsOf } from './pipeline-hop-times.js';

const TOOK = { p50: 1, p95: 2, p99: 3 };
const NOTHING: HopsDto = { createdToAccepted: null, acceptedToStored: null, storedToPushed: null, pushedToPainted: null, createdToPainted: null };
const pipeline = (hops: Partial<HopsDto>, reporting: boolean, liveClients = 1): PipelineDto => ({
  asOf: '2026-01-31T12:00:00.000Z',
  storedTotal: 0,
  deadTotal: 0,
  newestReceivedAt: null,
  timeLagMs: 0,
  liveClients,
  hops: { ...NOTHING, ...hops },
  producers: [],
  consumers: [{ reporting } as ConsumerStatusDto],
  deadLetters: [],
});
const reasons = (of: PipelineDto) => hopsOf(of).map(({ took, reason }) => (took ? 'known' : reason));

describe('the hops of an event', () => {
  it('follow one another from created to painted, and the whole way comes last', () => {
    const hops = hopsOf(pipeline({ createdToPainted: TOOK }, true));
    expect(hops.slice(0, -1).map(({ from }) => from)).toEqual(['created', 'accepted', 'stored', 'pushed']);
    for (const [index, { from, stations }] of hops.slice(1, -1).entries())
      expect([from, stations[0]]).toEqual([hops[index]?.to, hops[index]?.stations[1]]);
    expect(hops.at(-1)).toMatchObject({ from: 'created', to: 'painted', stations: [0, 6], took: TOOK });
  });

  it('say of each that is not known whose report is missing', () => {
    expect(reasons(pipeline({ acceptedToStored: TOOK }, true))).toEqual([
      'No event came while it was new',
      'known',
      'Nothing new was pushed',
      'No browser reported',
      'No browser reported',
    ]);
    const gone = 'No consumer reports';
    expect(reasons(pipeline({}, false, 0)).slice(0, 4)).toEqual([gone, gone, gone, 'No browser is connected']);
  });
});

describe("the words about this browser's clock", () => {
  it.each([
    [0, null, "This browser's clock is not compared with the server's yet."],
    [0.4, 0.3, "This browser's clock agrees with the server's (±1.0 ms, estimated over the socket)."],
    [-12, 20, "This browser's clock agrees with the server's (±20 ms, estimated over the socket)."],
    [90_000, 3.4, "This browser's clock is 1 min behind the server's (±3.0 ms, estimated over the socket)."],
    [-250, 2, "This browser's clock is 250 ms ahead of the server's (±2.0 ms, estimated over the socket)."],
  ])('an offset of %p ± %p ms', (offset, error, words) => expect(clockWords(offset, error)).toBe(words));
});

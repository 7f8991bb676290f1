import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import {
  DeadLettersQueryDto,
  LIVE_QUESTION_DTOS,
  ProjectQueryDto,
  RangeQueryDto,
  RecentQueryDto,
  TimeseriesQueryDto,
  TopQueryDto,
} from './index.js';

const messages = <T extends object>(dto: new () => T, given: object): string[] =>
  validateSync(plainToInstance(dto, given), { stopAtFirstError: true }).flatMap(({ constraints }) => Object.values(constraints ?? {}));
const parsed = <T extends object>(dto: new () => T, given: object): T => {
  expect(messages(dto, given)).toEqual([]);
  return plainToInstance(dto, given);
};

describe('query DTOs', () => {
  it('fill in what is left out', () => {
    expect(parsed(ProjectQueryDto, {})).toEqual({ project: 'demo' });
    expect(parsed(TimeseriesQueryDto, {})).toMatchObject({ project: 'demo', granularity: '1m', byType: false });
    expect(parsed(TopQueryDto, {})).toMatchObject({ project: 'demo', dimension: 'pages', limit: 10 });
    expect(parsed(RecentQueryDto, {})).toMatchObject({ project: 'demo', limit: 50 });
  });

  it('read the text of a query string and the values of a live message alike', () => {
    expect(parsed(TopQueryDto, { limit: '25' })).toEqual(parsed(TopQueryDto, { limit: 25 }));
    expect(parsed(TimeseriesQueryDto, { byType: 'true' })).toEqual(parsed(TimeseriesQueryDto, { byType: true }));
  });

  it.each([null, '', '0x10', '1e2', ' 5', '5.0', '-1', 'NaN', 'Infinity', true, [5], ['5', '6'], {}, '99999999999', 2.5])(
    'refuse %j as a limit',
    (limit) => {
      expect(messages(TopQueryDto, { limit })).toEqual(['limit must be a whole number from 1 to 100']);
    },
  );

  it.each([
    '2026-01-31T11:00:00Z',
    '2026-01-31T11:00Z',
    '2026-01-31T11:00:00.123456789+02:00',
    '2024-02-29T00:00:00-11:30',
  ])('take %s as an instant', (from) => {
    expect(parsed(RangeQueryDto, { from }).from).toBe(from);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T11:00:00',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-W05-1T00:00:00Z',
    '2026-031T00:00Z',
    '20260131T110000Z',
    '2026-01-31T11:00:00+99:00',
    '1769857200',
    1769857200,
    ['2026-01-31T11:00:00Z'],
  ])('refuse %j as an instant', (to) => {
    const message = 'to must be an ISO 8601 instant with a zone, such as 2026-01-31T11:00:00Z (in a URL write + as %2B)';
    expect(messages(RangeQueryDto, { to })).toEqual([message]);
  });

  it.each(['', 'Demo', '1demo', 'demo/..', 'a'.repeat(64), ['demo'], { $ne: 1 }, null, 7])('refuse %j as a project', (project) => {
    const message = 'project must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters';
    expect(messages(ProjectQueryDto, { project })).toEqual([message]);
  });

  it.each(['30m', '6h', '7d', '9999d'])('take %s as the length of a window', (last) => {
    expect(parsed(RangeQueryDto, { last }).last).toBe(last);
  });

  it.each(['0m', '1s', '1w', 'h', '10000h', '1.5h', 30])('refuse %j as the length of a window', (last) => {
    expect(messages(RangeQueryDto, { last })).toHaveLength(1);
  });

  it('take all dead letters where nothing narrows them', () => {
    expect(parsed(DeadLettersQueryDto, {})).toEqual({ limit: 50 });
    const narrowed = { project: 'self', state: 'dead', reason: 'größer als "1"', before: '12' };
    expect(parsed(DeadLettersQueryDto, narrowed)).toMatchObject({ before: 12 });
  });

  it.each([[], '', 'a\nb', 'x'.repeat(201), 7, ['x']])('refuse %j as a part of a reason', (reason) => {
    const message = 'reason must be a text of 1 to 200 characters, none of them a control character';
    expect(messages(DeadLettersQueryDto, { reason })).toEqual([message]);
  });

  it.each([0, -1, 1.5, 1e300, '1e3', '', 'x', true])('refuse %j as the id of a dead letter', (before) => {
    expect(messages(DeadLettersQueryDto, { before })).toEqual(['before must be the id of a dead letter, a whole number from 1']);
  });

  it('exist for every live question, most of which need no parameter', () => {
    const needing = Object.entries(LIVE_QUESTION_DTOS).filter(([, dto]) => messages<object>(dto, {}).length > 0);
    expect(needing.map(([name]) => name)).toEqual(['funnel', 'paths']);
  });
});

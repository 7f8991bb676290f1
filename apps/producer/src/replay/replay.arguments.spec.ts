import { readReplayArguments } from './replay.arguments.js';

describe('the arguments of a replay', () => {
  it('are a file and defaults', () => {
    const expected = { file: 'a.ndjson', project: 'demo', rate: 1000, loop: false, now: false };
    expect(readReplayArguments(['--file', 'a.ndjson'])).toEqual(expected);
  });

  it('may all be given', () =>
    expect(readReplayArguments(['--file=a', '--project=shop', '--rate=5', '--loop', '--now'])).toEqual({
      file: 'a',
      project: 'shop',
      rate: 5,
      loop: true,
      now: true,
    }));

  it.each([
    [[], '--file is missing'],
    [['--file', 'x', '--rate', 'fast'], '--rate is "fast"; expected 1 to 1000000'],
    [['--file', 'x', '--rate', '0'], '--rate is "0"'],
    [['--file', 'x', '--project', 'A B'], '--project is "A B"'],
    [['--fiel', 'x'], "Unknown option '--fiel'"],
    [['x'], 'Unexpected argument'],
  ])('%j are refused with the fault and the usage', (args, fault) => {
    expect(() => readReplayArguments(args)).toThrow(fault);
    expect(() => readReplayArguments(args)).toThrow('usage: replay --file');
  });
});

import { compareTypes } from '../ui/event-types.js';
import { drawnTotal, niceCeiling, stackHeights, type ChartLine } from './stack.js';

const line = (name: string, values: number[]): ChartLine => ({ name, label: name, colour: '--ink', values });
const LINES = [line('page_view', [10, 5]), line('error', [1, 2]), line('signed_up', [0, 1])];

describe('a stacked chart', () => {
  it('has the built-in types in their usual order and custom ones after them', () => {
    expect(['signed_up', 'error', 'page_view'].sort(compareTypes)).toEqual(['page_view', 'error', 'signed_up']);
  });

  it('draws the tallest first, so that each covers the foot of the one before', () => {
    expect(stackHeights(LINES, 2)).toEqual([
      [11, 8],
      [11, 7],
      [10, 5],
    ]);
  });

  it('adds up exactly what is drawn', () => {
    expect(drawnTotal(LINES)).toBe(19);
    expect(drawnTotal(LINES.slice(1))).toBe(4);
  });

  it('shows the gaps of a line that stands alone', () => {
    expect(stackHeights([{ name: 'p95', label: 'p95', colour: '--ink', values: [3, null, 5] }], 3)).toEqual([[3, null, 5]]);
  });

  it.each([
    [0, 1],
    [1, 1.5],
    [97, 150],
    [1180, 1500],
    [240_000, 250_000],
  ])('ends the axis above %d at %d', (highest, end) => expect(niceCeiling(highest)).toBe(end));
});

import { flowOf, type FlowNode } from './path-flow.js';

const link = (from: string, to: string, sessions: number) => ({ from, to, sessions, share: sessions / 100 });
const STEPS = [
  { step: 1, links: [link('/', '/a', 60), link('/', '(other)', 25), link('/', '(end)', 15)] },
  { step: 2, links: [link('/a', '/a', 30), link('(other)', '/a', 20), link('/a', '(end)', 30), link('(other)', '(end)', 5)] },
];

describe('the flow of paths', () => {
  const { columns, ribbons, height } = flowOf('/', 100, STEPS);

  it('has the pages of each step, the rest and the end below them', () => {
    expect(columns.map((nodes) => nodes.map(({ name, sessions }) => `${name} ${sessions}`))).toEqual([
      ['/ 100'],
      ['/a 60', '(other) 25', '(end) 15'],
      ['/a 50', '(end) 35'],
    ]);
  });

  it('tells pages of the same name in different steps apart', () => {
    const ofTwo = ribbons.filter(({ to }) => to.column === 2 && to.name === '/a');
    expect(ofTwo.map(({ from, sessions }) => [from.column, from.name, sessions])).toEqual([
      [1, '/a', 30],
      [1, '(other)', 20],
    ]);
  });

  it('fills each side of a page with ribbons without overlap', () => {
    const within = (node: FlowNode, ends: readonly [centre: number, width: number][]) => {
      const edges = ends.map(([centre, width]) => [centre - width / 2, centre + width / 2] as const).sort((a, b) => a[0] - b[0]);
      edges.forEach(([top], index) => expect(top).toBeGreaterThanOrEqual((edges[index - 1]?.[1] ?? node.top) - 1e-6));
      expect(edges.at(-1)?.[1] ?? node.top).toBeLessThanOrEqual(node.top + node.height + 1e-6);
    };
    for (const node of columns.flat()) {
      within(
        node,
        ribbons.filter(({ from }) => from === node).map(({ fromY, fromWidth }) => [fromY, fromWidth]),
      );
      within(
        node,
        ribbons.filter(({ to }) => to === node).map(({ toY, toWidth }) => [toY, toWidth]),
      );
    }
  });

  it('is as high as its highest column', () => {
    expect(height).toBe(Math.max(...columns.map((nodes) => (nodes.at(-1)?.top ?? 0) + (nodes.at(-1)?.height ?? 0))));
  });
});

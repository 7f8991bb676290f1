import type { PathStepDto } from '@analytics/dto';

/** Pages that are not told apart, and the end of a session: no pages, so nothing can be asked about them. */
const NO_PAGES = ['(other)', '(end)'];
export const isPage = (name: string): boolean => !NO_PAGES.includes(name);

/** A page so many steps away from the anchor. */
export interface FlowNode {
  name: string;
  column: number;
  sessions: number;
  /** From the top of the picture, px. */
  top: number;
  height: number;
}

/** Sessions that go from one page to another; its thickness at both ends is in proportion to them. */
export interface FlowRibbon {
  from: FlowNode;
  to: FlowNode;
  sessions: number;
  share: number;
  /** Centres of its ends, px from the top of the picture, and their thickness. */
  fromY: number;
  fromWidth: number;
  toY: number;
  toWidth: number;
}

export interface Flow {
  columns: FlowNode[][];
  ribbons: FlowRibbon[];
  height: number;
}

const LEAST_HEIGHT = 34;
const GAP = 8;
/** The anchor's height, px: all others are in proportion, but never too low to be read. */
const SCALE = 300;

/** `(other)` and `(end)` stand below all pages. */
const place = ({ name, sessions }: { name: string; sessions: number }): number => (isPage(name) ? -sessions : name === '(other)' ? 1 : 2);

/** Lays the steps of an answer out as columns of pages with ribbons between them. The first column is the anchor. */
export function flowOf(anchor: string, sessions: number, steps: readonly PathStepDto[]): Flow {
  const perSession = SCALE / Math.max(1, sessions);
  const first: FlowNode = { name: anchor, column: 0, sessions, top: 0, height: SCALE };
  const columns = [[first]];
  for (const { step, links } of steps) {
    const sums = new Map<string, number>();
    for (const link of links) sums.set(link.to, (sums.get(link.to) ?? 0) + link.sessions);
    let top = 0;
    const nodes = [...sums].map(([name, sum]) => ({ name, sessions: sum })).sort((a, b) => place(a) - place(b));
    columns.push(
      nodes.map((node) => {
        const height = Math.max(LEAST_HEIGHT, node.sessions * perSession);
        const placed = { ...node, column: step, top, height };
        top += height + GAP;
        return placed;
      }),
    );
  }
  const height = Math.max(
    ...columns.map((column) => {
      const end = column.at(-1);
      return end ? end.top + end.height : 0;
    }),
  );
  return { columns, ribbons: steps.flatMap(({ step, links }) => ribbonsOf(columns[step - 1] ?? [], columns[step] ?? [], links)), height };
}

function ribbonsOf(before: readonly FlowNode[], after: readonly FlowNode[], links: PathStepDto['links']): FlowRibbon[] {
  const left = new Map<FlowNode, number>();
  const right = new Map<FlowNode, number>();
  const found = links.flatMap((link) => {
    const from = before.find(({ name }) => name === link.from);
    const to = after.find(({ name }) => name === link.to);
    return from && to ? [{ from, to, sessions: link.sessions, share: link.share }] : [];
  });
  // In the order of the nodes on both sides, so that ribbons cross as little as they can.
  found.sort((a, b) => a.from.top - b.from.top || a.to.top - b.to.top);
  return found.map((ribbon) => {
    const { from, to, sessions } = ribbon;
    const fromWidth = (sessions / Math.max(1, from.sessions)) * from.height;
    const toWidth = (sessions / Math.max(1, to.sessions)) * to.height;
    const fromY = from.top + (left.get(from) ?? 0) + fromWidth / 2;
    const toY = to.top + (right.get(to) ?? 0) + toWidth / 2;
    left.set(from, (left.get(from) ?? 0) + fromWidth);
    right.set(to, (right.get(to) ?? 0) + toWidth);
    return { ...ribbon, fromY, fromWidth, toY, toWidth };
  });
}

import { useMemo, useState } from 'react';
import type { Answer } from '../api/questions.js';
import { count, percent } from '../ui/format.js';
import { flowOf, isPage, type FlowNode, type FlowRibbon } from './path-flow.js';

interface PathFlowChartProps {
  answer: Answer<'paths'>;
  /** A page was chosen to look from. */
  onAnchor: (page: string) => void;
}

/** Part of a column's width that its pages take; ribbons have the rest. */
const NODE = 0.66;
const LEAST_COLUMN_REM = 11;

/** Sessions on their way: a column for each step, ribbons as thick as they are many. For ways to a page the anchor is on the right. */
export function PathFlowChart({ answer, onAnchor }: PathFlowChartProps) {
  const { anchor, sessions, steps, direction } = answer;
  const flow = useMemo(() => flowOf(anchor, sessions, steps), [anchor, sessions, steps]);
  const [pointed, setPointed] = useState<FlowNode>();
  const columns = flow.columns.length;
  const backwards = direction === 'previous';
  // The last column has no ribbons after it.
  const unit = 100 / (columns - 1 + NODE);
  const left = (column: number) => (backwards ? columns - 1 - column : column) * unit;
  return (
    <div tabIndex={0} role="region" aria-label="Flow of sessions" className="relative -mx-4 overflow-x-auto px-4 pb-1">
      <div className="mb-2 flex text-xs text-muted" style={{ minWidth: `${columns * LEAST_COLUMN_REM}rem` }}>
        {(backwards ? [...flow.columns.keys()].reverse() : [...flow.columns.keys()]).map((column) => (
          <span key={column} style={{ width: `${unit}%` }} className="shrink-0 truncate last:!w-auto">
            {columnTitle(column, backwards)}
          </span>
        ))}
      </div>
      <div className="relative" style={{ height: flow.height, minWidth: `${columns * LEAST_COLUMN_REM}rem` }}>
        <svg aria-hidden viewBox={`0 0 100 ${flow.height}`} preserveAspectRatio="none" className="absolute inset-0 size-full">
          {flow.ribbons.map((ribbon) => (
            <path
              key={`${ribbon.from.column} ${ribbon.from.name} ${ribbon.to.name}`}
              d={outline(ribbon, left(ribbon.from.column), left(ribbon.to.column), unit * NODE)}
              fill={isPage(ribbon.to.name) ? 'var(--chart-page-view)' : 'var(--muted)'}
              opacity={pointed === undefined ? 0.22 : pointed === ribbon.from || pointed === ribbon.to ? 0.5 : 0.08}
            />
          ))}
        </svg>
        {flow.columns.map((nodes, column) => (
          <ul key={column} aria-label={columnTitle(column, backwards)}>
            {nodes.map((node) => (
              <li
                key={node.name}
                className="absolute"
                style={{ left: `${left(column)}%`, width: `${unit * NODE}%`, top: node.top, height: node.height }}
                onMouseEnter={() => setPointed(node)}
                onMouseLeave={() => setPointed(undefined)}
              >
                <Node node={node} all={sessions} end={backwards ? 'Session begins' : 'Session ends'} onAnchor={onAnchor} />
              </li>
            ))}
          </ul>
        ))}
      </div>
    </div>
  );
}

function columnTitle(column: number, backwards: boolean): string {
  if (column === 0) return backwards ? 'To this page' : 'From this page';
  const pages = `${column} page${column === 1 ? '' : 's'}`;
  return `${pages} ${backwards ? 'before' : 'later'}`;
}

interface NodeProps {
  node: FlowNode;
  /** Sessions that viewed the anchor. */
  all: number;
  /** What it means that there is no further page. */
  end: string;
  onAnchor: (page: string) => void;
}

function Node({ node, all, end, onAnchor }: NodeProps) {
  const { name, sessions, column } = node;
  const box =
    'flex h-full w-full flex-col justify-center overflow-hidden rounded-lg border-l-[3px] px-2.5 text-left text-[13px] leading-tight';
  const inside = (
    <>
      <span className="flex max-w-full font-medium" title={name}>
        {name === '(end)' ? end : name === '(other)' ? 'Other pages' : <PageName name={name} />}
      </span>
      <span className="block max-w-full truncate text-xs text-muted">
        {count(sessions)} · {percent(sessions / Math.max(1, all))}
      </span>
    </>
  );
  if (!isPage(name)) return <div className={`${box} border-muted bg-raised`}>{inside}</div>;
  if (column === 0) return <div className={`${box} border-accent bg-accent-soft`}>{inside}</div>;
  return (
    <button
      type="button"
      data-testid="path-page"
      data-track="path-anchor"
      title={`Look from ${name}`}
      className={`${box} border-[var(--chart-page-view)] bg-bar hover:bg-accent-soft`}
      onClick={() => onAnchor(name)}
    >
      {inside}
    </button>
  );
}

/** What tells pages apart is mostly at the end of their names: in a narrow place the beginning gives way. */
function PageName({ name }: { name: string }) {
  const cut = name.lastIndexOf('/', name.length - 2);
  return (
    <>
      {cut > 0 && <span className="truncate">{name.slice(0, cut)}</span>}
      <span className="max-w-full shrink-0 truncate">{name.slice(Math.max(0, cut))}</span>
    </>
  );
}

/** A band between two pages, bent so that it leaves and arrives level. */
function outline({ fromY, fromWidth, toY, toWidth }: FlowRibbon, fromLeft: number, toLeft: number, node: number): string {
  const [x0, x1] = fromLeft < toLeft ? [fromLeft + node, toLeft] : [fromLeft, toLeft + node];
  const middle = (x0 + x1) / 2;
  const [a, b, c, d] = [fromY - fromWidth / 2, toY - toWidth / 2, toY + toWidth / 2, fromY + fromWidth / 2];
  return `M${x0},${a} C${middle},${a} ${middle},${b} ${x1},${b} L${x1},${c} C${middle},${c} ${middle},${d} ${x0},${d} Z`;
}

import type uPlot from 'uplot';
import type { ChartFrame } from './chart-frame.js';

/** Text only, never markup: names come from events. */
function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function row(label: string, value: string, colour?: string): HTMLElement {
  const line = element('div', 'flex items-center gap-2');
  if (colour) {
    const dot = element('span', 'size-2 shrink-0 rounded-full');
    dot.style.background = `var(${colour})`;
    line.append(dot);
  }
  line.append(element('span', 'mr-4 text-muted', label), element('span', 'ml-auto font-medium', value));
  return line;
}

const shown = (frame: ChartFrame, value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : frame.formatValue(value);

function fill(tip: HTMLElement, frame: ChartFrame, index: number): void {
  const { lines, before, unfinished, cut, buckets, notes } = frame;
  const note = index === unfinished ? ', so far' : index === 0 && cut ? ', cut by the range' : '';
  tip.replaceChildren(
    element('div', 'mb-1 font-medium whitespace-nowrap', frame.describeBucket(buckets[index] ?? 0) + note),
    ...[...lines].reverse().map((line) => row(line.label, shown(frame, line.values[index]), line.colour)),
  );
  if (lines.length > 1) tip.append(totalRow(frame, index));
  for (const [label, value] of notes?.(index) ?? []) tip.append(row(label, value));
  if (before) tip.append(row(before.describeBucket(index), shown(frame, before.values[index]), '--chart-before'));
}

function totalRow(frame: ChartFrame, index: number): HTMLElement {
  const total = row('Total', shown(frame, frame.lines.reduce((sum, line) => sum + (line.values[index] ?? 0), 0)));
  total.className += ' mt-1 border-t border-line pt-1';
  return total;
}

/** What lies under the pointer, in a box that keeps clear of it. Written straight to the page: React renders nothing on a move. */
export function tooltipPlugin(current: () => ChartFrame): uPlot.Plugin {
  const tip = element('div', 'chart-tip');
  tip.hidden = true;
  const show = (plot: uPlot) => {
    const { idx, left = -1 } = plot.cursor;
    tip.hidden = left < 0 || idx === null || idx === undefined;
    if (tip.hidden || typeof idx !== 'number') return;
    fill(tip, current(), idx);
    const beside = left + 14 + tip.offsetWidth <= plot.over.clientWidth ? left + 14 : left - 14 - tip.offsetWidth;
    tip.style.transform = `translateX(${Math.max(0, beside)}px)`;
  };
  return { hooks: { init: (plot) => plot.over.append(tip), setCursor: show, setData: show } };
}

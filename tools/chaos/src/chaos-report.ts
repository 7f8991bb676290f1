import { cpus } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ChaosResult } from './chaos-run.js';

const table = (head: string[], rows: (string | number)[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** One decimal. */
const round = (value: number): string => (Math.round(value * 10) / 10).toString();

/** A run as a page of Markdown. */
export function reportOf(result: ChaosResult, command: string): string {
  const { verdict, struck, resources } = result;
  const total = [...struck.values()].reduce((sum, times) => sum + times, 0);
  const figures: [string, string | number][] = [
    ['seed', result.seed],
    ['length', `${result.seconds} s, ${result.rate} events/s asked for`],
    ['faults', total],
    ['known events sent', verdict.attempted],
    ['acknowledged', verdict.acknowledged],
    ['stored', verdict.stored],
    ['requests repeated by the senders', result.repeated],
    [
      'ledger: accepted / stored / duplicate / dead',
      `${verdict.ledger.accepted} / ${verdict.ledger.stored} / ${verdict.ledger.duplicate} / ${verdict.ledger.dead}`,
    ],
    ['residue', result.residue],
    ['quiet after the last answer', `${result.quietMs} ms, balanced ${result.balancedMs} ms later`],
    ['largest time lag', `${Math.round(result.maxTimeLagMs)} ms`],
    ['looks at the counts, none of which fell', result.samples],
    ['dead letters', verdict.dead.map(({ reason, count }) => `${count} × ${reason}`).join('; ') || 0],
  ];
  return [
    `\`${command}\` on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}:`,
    `**${outcome(result)}**`,
    table(['figure', 'value'], figures),
    table(
      ['fault', 'times'],
      [...struck].sort(([, one], [, other]) => other - one),
    ),
    table(
      ['resource', 'first third', 'last third', 'change'],
      resources.map(({ name, unit, first, last }) => [
        name,
        `${round(first)} ${unit}`,
        `${round(last)} ${unit}`,
        `${round((100 * (last - first)) / Math.max(first, 1e-9))} %`,
      ]),
    ),
  ].join('\n\n');
}

/** What is not as promised, one line each; or that everything is. */
export const outcome = ({ verdict }: ChaosResult): string =>
  verdict.faults.length === 0 ? 'everything as promised' : `${verdict.faults.length} faults: ${verdict.faults.join('; ')}`;

/** Puts the report between the markers `<!-- name -->` and `<!-- /name -->` of a file. @throws {Error} when they are not there. */
export function writeReport(file: string, name: string, report: string): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file} has no place for the report: it needs the lines ${begin} and ${end}`);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n${report}\n${text.slice(to)}`);
}

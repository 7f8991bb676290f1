import type { Answer } from '../api/questions.js';
import { count, percent } from '../ui/format.js';
import { isPage } from './path-flow.js';

/** Every link of the flow as a row. */
export function PathTable({ answer, onAnchor }: { answer: Answer<'paths'>; onAnchor: (page: string) => void }) {
  const backwards = answer.direction === 'previous';
  const page = (name: string) =>
    isPage(name) && name !== answer.anchor ? (
      <button type="button" className="max-w-full truncate text-left underline-offset-2 hover:underline" onClick={() => onAnchor(name)}>
        {name}
      </button>
    ) : (
      name
    );
  return (
    <div tabIndex={0} role="region" aria-label="Paths as a table" className="max-h-[36rem] overflow-auto">
      <table className="w-full min-w-[34rem] table-fixed text-[13px]">
        <thead className="sticky top-0 bg-card text-xs text-muted">
          <tr>
            <th scope="col" className="h-8 w-16 text-left font-normal">
              Step
            </th>
            <th scope="col" className="text-left font-normal">
              {backwards ? 'To' : 'From'}
            </th>
            <th scope="col" className="text-left font-normal">
              {backwards ? 'From' : 'To'}
            </th>
            <th scope="col" className="w-24 text-right font-normal">
              Sessions
            </th>
            <th scope="col" className="w-20 text-right font-normal">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.steps.flatMap(({ step, links }) =>
            links.map(({ from, to, sessions, share }) => (
              <tr key={`${step} ${from} ${to}`} className="border-t border-line">
                <td className="h-9 text-muted">{step}</td>
                <td className="truncate pr-3">{page(from)}</td>
                <td className="truncate pr-3">{page(to)}</td>
                <td className="text-right font-medium">{count(sessions)}</td>
                <td className="text-right text-muted">{percent(share)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

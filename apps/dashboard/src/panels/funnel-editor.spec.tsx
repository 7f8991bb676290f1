import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { answerRest } from '../api/rest.fixture.js';
import type { FunnelStep } from '../routes/explore-search.js';
import type { View } from '../routes/view.js';
import { FunnelEditor } from './funnel-editor.js';
import { stepsParam } from './funnel-steps.js';

const PARAMS = { project: 'demo', period: '24h', timeZone: 'UTC' };
const VIEW: View = {
  search: {},
  project: 'demo',
  timeZone: 'UTC',
  filters: [],
  params: PARAMS,
  comparison: {},
  change: () => undefined,
  addFilter: () => undefined,
};
const path = (value: string): FunnelStep => ({ filters: [{ field: 'page_path', op: 'is', value }] });

describe('the editor of a funnel', () => {
  let told: FunnelStep[][];

  function Editor({ first }: { first: FunnelStep[] }) {
    const [steps, setSteps] = useState(first);
    const take = (next: FunnelStep[]) => {
      told.push(next);
      setSteps(next);
    };
    return <FunnelEditor steps={steps} onChange={take} view={VIEW} />;
  }
  const edit = (...first: FunnelStep[]) =>
    render(
      <QueryClientProvider client={new QueryClient()}>
        <Editor first={first} />
      </QueryClientProvider>,
    );
  const heads = () => screen.getAllByTestId('funnel-step').map((step) => within(step).getAllByRole('button')[0]!);
  const names = () => heads().map((head) => within(head).getByTestId('step-name').textContent);
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
  const openStep = (number: number) => fireEvent.click(heads()[number - 1]!);
  const type = (label: string, value: string) => {
    const box = screen.getByLabelText(label);
    fireEvent.change(box, { target: { value } });
    fireEvent.blur(box);
  };

  beforeEach(() => {
    told = [];
    answerRest(async () => ({ status: 200, body: { values: [] } }));
  });
  afterEach(cleanup);

  it('moves a step and keeps all of them', () => {
    edit(path('/a'), path('/b'), path('/c'));
    press('Move step 3 up');
    expect(names()).toEqual(['/a', '/c', '/b']);
    press('Move step 1 down');
    expect(told.at(-1)).toEqual([path('/c'), path('/a'), path('/b')]);
  });

  it('has between two and eight steps', () => {
    edit(path('/a'), path('/b'));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Remove step 1' }).disabled).toBe(true);
    for (let step = 3; step <= 8; step++) press('Step');
    expect(screen.getAllByTestId('funnel-step')).toHaveLength(8);
    expect(screen.queryByRole('button', { name: 'Step' })).toBeNull();
    press('Remove step 2');
    expect(told.at(-1)?.map(({ filters }) => filters)).toEqual([
      path('/a').filters,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('tells of a filter only when it is complete', () => {
    edit(path('/a'), path('/b'));
    openStep(2);
    press('Filter');
    type('Filters of step 2, condition 2: field', 'Country');
    expect(told).toEqual([]);
    type('Filters of step 2, condition 2: value', 'DE');
    expect(told).toEqual([[path('/a'), { filters: [...(path('/b').filters ?? []), { field: 'country', op: 'is', value: 'DE' }] }]]);
  });

  it('takes a value away that does not fit a new field', () => {
    edit(path('/a'), path('/b'));
    openStep(1);
    type('Filters of step 1, condition 1: field', 'Status code');
    expect(told.at(-1)?.[0]).toEqual({ filters: undefined });
    type('Filters of step 1, condition 1: value', 'not a number');
    expect(told).toHaveLength(1);
    type('Filters of step 1, condition 1: value', '404');
    expect(told.at(-1)?.[0]).toEqual({ filters: [{ field: 'status_code', op: 'is', value: '404' }] });
  });

  it('calls a step by its name, and without one by what it filters', () => {
    edit(path('/a'), { name: 'Paid' });
    expect(names()).toEqual(['/a', 'Paid']);
    openStep(2);
    type('Name of step 2', ' ');
    expect(JSON.parse(stepsParam(told.at(-1) ?? []))).toEqual([{ name: '/a', filters: path('/a').filters }, { name: 'Any event' }]);
  });
});

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { answerRest } from '../api/rest.fixture.js';
import { LiveFeed } from '../live/live-feed.js';
import { startLiveServer } from '../live/live-server.fixture.js';
import { cacheSink, LiveFeedContext } from '../live/use-live.js';
import type { FunnelStep } from '../routes/explore-search.js';
import { viewSearch } from '../routes/view.js';
import { FunnelEditor } from './funnel-editor.js';
import { stepsParam } from './funnel-steps.js';

const path = (value: string): FunnelStep => ({ filters: [{ field: 'page_path', op: 'is', value }] });

describe('the editor of a funnel', () => {
  let told: FunnelStep[][];
  let client: QueryClient;
  let server: Awaited<ReturnType<typeof startLiveServer>>;

  function Editor({ first }: { first: FunnelStep[] }) {
    const [steps, setSteps] = useState(first);
    const take = (next: FunnelStep[]) => {
      told.push(next);
      setSteps(next);
    };
    return <FunnelEditor steps={steps} onChange={take} />;
  }
  async function edit(...first: FunnelStep[]) {
    const root = createRootRoute({ component: () => <Editor first={first} />, validateSearch: viewSearch });
    const router = createRouter({ routeTree: root, history: createMemoryHistory() });
    render(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={new LiveFeed(server.connect(), cacheSink(client))}>
          <RouterProvider router={router as never} />
        </LiveFeedContext>
      </QueryClientProvider>,
    );
    await screen.findAllByTestId('funnel-step');
  }
  const heads = () => screen.getAllByTestId('funnel-step').map((step) => within(step).getAllByRole('button')[0]!);
  const names = () => heads().map((head) => within(head).getByTestId('step-name').textContent);
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
  const openStep = (number: number) => fireEvent.click(heads()[number - 1]!);
  /** The form comes when it is opened, so it is waited for; not within act(), which would hold it back. */
  const field = (label: string) => screen.findByLabelText(label, undefined, { timeout: 5000 });
  const choose = async (label: string, value: string) => fireEvent.change(await field(label), { target: { value } });

  beforeEach(async () => {
    told = [];
    client = new QueryClient();
    server = await startLiveServer();
    window.scrollTo = () => undefined;
    answerRest(async () => ({ status: 200, body: { asOf: '2026-01-31T12:00:00.000Z', values: [{ value: '200', events: 3 }] } }));
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    await server.close();
  });

  it('moves a step and keeps all of them', async () => {
    await edit(path('/a'), path('/b'), path('/c'));
    press('Move step 3 up');
    expect(names()).toEqual(['/a', '/c', '/b']);
    press('Move step 1 down');
    expect(told.at(-1)).toEqual([path('/c'), path('/a'), path('/b')]);
  });

  it('has between two and eight steps', async () => {
    await edit(path('/a'), path('/b'));
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

  it('tells of a filter only when it is complete', async () => {
    await edit(path('/a'), path('/b'));
    openStep(2);
    press('Filter: add to filters of step 2');
    await choose('Field', 'country');
    await choose('Comparison', 'starts_with');
    press('Add filter');
    expect(told).toEqual([]);
    await choose('Value', 'D');
    press('Add filter');
    expect(told).toEqual([[path('/a'), { filters: [...(path('/b').filters ?? []), { field: 'country', op: 'starts_with', value: 'D' }] }]]);
  });

  it('changes the filter whose chip is pressed, and takes a value away that does not fit a new field', async () => {
    await edit(path('/a'), path('/b'));
    openStep(1);
    press('Page is /a');
    await choose('Field', 'status_code');
    press('Change filter');
    expect(told).toEqual([]);
    fireEvent.click(await screen.findByRole('option', { name: /^200/ }));
    press('Change filter');
    expect(told.at(-1)?.[0]).toEqual({ filters: [{ field: 'status_code', op: 'is', value: '200' }] });
  });

  it('takes a filter away', async () => {
    await edit(path('/a'), path('/b'));
    openStep(1);
    press('Remove filter: Page is /a');
    await waitFor(() => expect(names()).toEqual(['Any event', '/b']));
    expect(told).toEqual([[{ filters: undefined }, path('/b')]]);
  });

  it('calls a step by its name, and without one by what it filters', async () => {
    await edit(path('/a'), { name: 'Paid' });
    expect(names()).toEqual(['/a', 'Paid']);
    openStep(2);
    await choose('Name of step 2', ' ');
    fireEvent.blur(await field('Name of step 2'));
    expect(JSON.parse(stepsParam(told.at(-1) ?? []))).toEqual([{ name: '/a', filters: path('/a').filters }, { name: 'Any event' }]);
  });
});

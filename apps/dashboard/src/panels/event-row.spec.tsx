import type { StoredEventDto } from '@analytics/dto';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { EventRow } from './event-row.js';

const EVENT: StoredEventDto = {
  eventId: '0190f3a2-0000-7000-8000-00000000abcd',
  timestamp: '2026-01-31T11:59:59.950Z',
  receivedAt: '2026-01-31T12:00:00.000Z',
  eventType: 'signed_up',
  userId: 'user_042',
  properties: { plan: 'free' },
  pagePath: null,
  browser: null,
  os: null,
  device: null,
  country: null,
};

function Row() {
  const [open, setOpen] = useState(false);
  return <EventRow event={EVENT} open={open} onToggle={() => setOpen(!open)} />;
}

describe('a row of the feed', () => {
  beforeAll(() => void (window.scrollTo = () => undefined));
  afterEach(cleanup);

  it('opens to all that was stored, and leads from there to the page of its event', async () => {
    const router = createRouter({ routeTree: createRootRoute({ component: Row }), history: createMemoryHistory({ initialEntries: ['/live'] }) });
    await act(async () => {
      render(<RouterProvider router={router as never} />);
      await router.load();
    });
    expect(screen.queryByRole('link')).toBeNull();
    await act(async () => void fireEvent.click(screen.getByRole('button', { expanded: false })));
    expect(JSON.parse(screen.getByLabelText('The event as JSON').textContent ?? '')).toEqual(EVENT);
    const { pathname, searchParams } = new URL(screen.getByRole<HTMLAnchorElement>('link').href);
    expect([pathname, searchParams.get('event'), searchParams.get('at')]).toEqual(['/events', EVENT.eventId, EVENT.timestamp]);
  });
});

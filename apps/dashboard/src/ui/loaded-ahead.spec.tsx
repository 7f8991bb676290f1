import { render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { loadAhead, loadedAhead } from './loaded-ahead.js';

describe('what is loaded ahead', () => {
  const later = () => {
    let loads = 0;
    const Late = loadedAhead(() => {
      loads += 1;
      return Promise.resolve({ default: () => <p>here</p> });
    });
    const show = () => render(<Suspense fallback={<p>not yet</p>}>{<Late />}</Suspense>);
    return { show, loads: () => loads };
  };

  it('is there at once when it is shown for the first time, and is loaded once', async () => {
    const { show, loads } = later();
    loadAhead();
    loadAhead();
    await Promise.resolve();
    show();
    expect(screen.getByText('here')).toBeTruthy();
    expect(loads()).toBe(1);
  });

  it('is loaded when it is shown, where nobody pointed at it', async () => {
    const { show } = later();
    show();
    expect(screen.getByText('not yet')).toBeTruthy();
    expect(await screen.findByText('here')).toBeTruthy();
  });
});

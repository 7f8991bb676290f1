import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useHotkeys } from './use-hotkeys.js';

const pressed = jest.fn();
const keys = { ' ': () => pressed('space'), d: () => pressed('d') };

function Page() {
  useHotkeys(keys);
  return (
    <>
      <input aria-label="search" />
      <button type="button">go</button>
    </>
  );
}

describe('keys of the page', () => {
  beforeEach(() => {
    pressed.mockReset();
    render(<Page />);
  });
  afterEach(cleanup);

  it('work anywhere on the page, with and without shift', () => {
    fireEvent.keyDown(document.body, { key: ' ' });
    fireEvent.keyDown(document.body, { key: 'D' });
    expect(pressed.mock.calls).toEqual([['space'], ['d']]);
  });

  it('are ignored while typing', () => {
    fireEvent.keyDown(screen.getByLabelText('search'), { key: 'd' });
    expect(pressed).not.toHaveBeenCalled();
  });

  it('leave Space to a focused button, and letters with Ctrl to the browser', () => {
    fireEvent.keyDown(screen.getByRole('button'), { key: ' ' });
    fireEvent.keyDown(document.body, { key: 'd', ctrlKey: true });
    expect(pressed).not.toHaveBeenCalled();
    fireEvent.keyDown(screen.getByRole('button'), { key: 'd' });
    expect(pressed).toHaveBeenCalledWith('d');
  });
});

import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { Panel } from './panel.js';

type PanelQuery = Parameters<typeof Panel<string>>[0]['query'];
const answered = (data: string): PanelQuery => ({ data, error: null, isPlaceholderData: false, refetch: jest.fn() });

function Example({
  title,
  query,
  children = (data: string) => <p>{data}</p>,
}: {
  title: string;
  query: PanelQuery;
  children?: (data: string) => React.ReactNode;
}) {
  return (
    <Panel title={title} query={query} skeleton={<div>skeleton</div>}>
      {children}
    </Panel>
  );
}

function Broken(): never {
  throw new Error('cannot draw');
}

describe('Panel', () => {
  afterEach(cleanup);

  it('shows its skeleton until the first answer', () => {
    render(<Example title="Pages" query={{ ...answered(''), data: undefined }} />);
    expect(screen.getByRole('status', { name: 'Pages is loading' }).textContent).toBe('skeleton');
  });

  it('fails alone, with a sentence and a way to try again', () => {
    const failing = { ...answered(''), data: undefined, error: new Error('The database does not answer.') };
    render([<Example key="a" title="Pages" query={failing} />, <Example key="b" title="Errors" query={answered('TypeError 12')} />]);
    const pages = within(screen.getByRole('region', { name: 'Pages' }));
    expect(pages.getByRole('alert').textContent).toContain('Pages could not be loaded. The database does not answer.');
    expect(within(screen.getByRole('region', { name: 'Errors' })).getByText('TypeError 12')).toBeTruthy();
    fireEvent.click(pages.getByRole('button', { name: 'Try again' }));
    expect(failing.refetch).toHaveBeenCalledTimes(1);
  });

  it('keeps its old answer when a newer one fails, and says so', () => {
    render(<Example title="Pages" query={{ ...answered('/pricing 40'), error: new Error('The gateway cannot be reached.') }} />);
    expect(screen.getByText('/pricing 40')).toBeTruthy();
    expect(screen.getByRole('alert').textContent).toContain('Not refreshed: The gateway cannot be reached.');
  });

  it('does not take the page with it when it cannot be drawn, and recovers', () => {
    const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    let broken = true;
    const draw = () => (broken ? <Broken /> : <p>drawn</p>);
    render([
      <Example key="a" title="Pages" query={answered('x')}>
        {draw}
      </Example>,
      <Example key="b" title="Errors" query={answered('TypeError 12')} />,
    ]);
    expect(screen.getByText('Pages could not be drawn.')).toBeTruthy();
    expect(screen.getByText('TypeError 12')).toBeTruthy();
    broken = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(screen.getByText('drawn')).toBeTruthy();
    logged.mockRestore();
  });
});

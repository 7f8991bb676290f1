import { Search, X } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { isEventId } from '../routes/explore-search.js';

interface EventsSearchBoxProps {
  /** What is searched for at present. */
  text: string | undefined;
  onSearch: (text: string | undefined) => void;
  /** An event's id was entered. */
  onEvent: (id: string) => void;
}

/** Searches the texts of events; the id of an event opens it. */
export function EventsSearchBox({ text = '', onSearch, onEvent }: EventsSearchBoxProps) {
  const [typed, setTyped] = useState(text);
  const [shown, setShown] = useState(text);
  if (shown !== text) {
    setShown(text);
    setTyped(text);
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = typed.trim();
    if (isEventId(wanted)) return onEvent(wanted);
    onSearch(wanted === '' ? undefined : wanted);
  };
  return (
    <form role="search" onSubmit={submit} className="relative w-full sm:w-96">
      <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" />
      <input
        type="search"
        aria-label="Search events"
        title="User, page, button, endpoint, error, session or an event’s id; Enter searches"
        placeholder="User, page, button, error, event id …"
        className="field bg-card pr-9 pl-8.5 [&::-webkit-search-cancel-button]:hidden"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {typed !== '' && (
        <button
          type="button"
          aria-label="Clear the search"
          className="absolute top-1 right-1 grid size-7 place-items-center rounded-md text-muted hover:text-ink"
          onClick={() => {
            setTyped('');
            onSearch(undefined);
          }}
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </form>
  );
}

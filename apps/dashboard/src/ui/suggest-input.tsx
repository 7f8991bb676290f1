import { Autocomplete } from '@base-ui/react/autocomplete';
import { useState, type KeyboardEvent } from 'react';

interface Suggestion {
  /** What is taken. */
  value: string;
  /** Shown small at the end: how often it occurs, what it means. */
  note?: string;
}

interface SuggestInputProps {
  label: string;
  value: string;
  suggestions: readonly Suggestion[];
  /** A value was chosen, or typed and left (or Enter pressed). */
  onCommit: (value: string) => void;
  /** Called at every change of the text, and with the present one when the list opens; for suggestions that are looked up. */
  onSearch?: (text: string) => void;
  placeholder?: string;
}

/** A line of text with suggestions below it; any text may be typed. It counts when it is left, so that half a word asks nothing. */
export function SuggestInput({ label, value, suggestions, onCommit, onSearch, placeholder }: SuggestInputProps) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setText(value);
  }
  const commit = (chosen: string) => {
    setText(chosen);
    if (chosen !== value) onCommit(chosen);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // With a suggestion highlighted, Enter takes that one.
    if (event.key === 'Enter' && !event.currentTarget.getAttribute('aria-activedescendant')) commit(text.trim());
  };
  return (
    <Autocomplete.Root
      items={suggestions}
      mode="none"
      value={text}
      openOnInputClick
      itemToStringValue={(item) => item.value}
      onOpenChange={(open) => open && onSearch?.(text === value ? '' : text)}
      onValueChange={(next, { reason }) => {
        if (reason === 'item-press') return commit(next);
        setText(next);
        onSearch?.(next);
      }}
    >
      <Autocomplete.Input
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="off"
        className="field"
        onKeyDown={onKeyDown}
        onBlur={() => commit(text.trim())}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} className="z-40 outline-hidden">
          <Autocomplete.Popup className="popup w-[max(var(--anchor-width),14rem)] max-w-[var(--available-width)]">
            <Autocomplete.List
              aria-label="Suggestions"
              className="max-h-[min(20rem,var(--available-height))] overflow-y-auto p-1 data-empty:p-0"
            >
              {(item: Suggestion) => <SuggestedItem key={item.value} item={item} />}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}

function SuggestedItem({ item }: { item: Suggestion }) {
  return (
    <Autocomplete.Item
      value={item}
      className="menu-item text-[13px]"
    >
      <span className="min-w-0 grow break-words">{item.value}</span>
      {item.note && <span className="shrink-0 text-xs text-muted">{item.note}</span>}
    </Autocomplete.Item>
  );
}

import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

const ASK_MS = 250;

/**
 * A text field whose value lives elsewhere (in the address, say): shows at once what is typed and tells it a moment
 * later; a value that comes from elsewhere, because all was cleared, replaces what is typed.
 */
export function useTyped(value: string, onChange: (value: string) => void) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== text.trim()) setText(value);
  }
  const tell = useDebouncedCallback((next: string) => onChange(next.trim()), ASK_MS);
  const type = (next: string) => {
    setText(next);
    tell(next);
  };
  return { text, type };
}

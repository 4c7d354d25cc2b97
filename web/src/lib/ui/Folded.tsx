import { Button } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../i18n';

/** Longer texts are folded at this many characters. */
const FOLD_AT = 420;

/** A paragraph of any length; the long ones open on demand. */
export function Folded({ text, className }: { text: string; className?: string }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const long = text.length > FOLD_AT * 1.2;
  return (
    <>
      <p className={className}>{long && !open ? `${text.slice(0, FOLD_AT).trimEnd()}…` : text}</p>
      {long && (
        <Button variant="subtle" size="compact-xs" ml={-8} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.app.showLess : t.app.showAll}
        </Button>
      )}
    </>
  );
}

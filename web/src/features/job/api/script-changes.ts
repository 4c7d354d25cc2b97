/** A run of lines that two scripts share, or that only one of them has; the shape of the `diff` package. */
export interface LineRun {
  value: string;
  added?: boolean;
  removed?: boolean;
}

export interface DiffLine {
  kind: 'added' | 'removed' | 'same' | 'gap';
  text: string;
}

/** Lines shown around a change. */
const CONTEXT = 3;

/** The changes with their surroundings; a longer stretch without any becomes one `gap`. */
export function changedLines(runs: readonly LineRun[]): DiffLine[] {
  return runs.flatMap((run, at): DiffLine[] => {
    const texts = run.value.replace(/\n$/, '').split('\n');
    if (run.added || run.removed) {
      return texts.map((text) => ({ kind: run.added ? 'added' : 'removed', text }));
    }
    const head = at === 0 ? 0 : CONTEXT;
    const tail = at === runs.length - 1 ? 0 : CONTEXT;
    const same = (lines: string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
    if (texts.length <= head + tail + 1) return same(texts);
    const end = texts.length - tail;
    return [...same(texts.slice(0, head)), { kind: 'gap', text: '⋯' }, ...same(texts.slice(end))];
  });
}

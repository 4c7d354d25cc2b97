/** Renders the few Markdown shapes the agents' reports are made of; text from data can't break out of them. */

/** Text on a single line without anything that Markdown or HTML would act on. */
export function prose(value: string): string {
  return value
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .replace(/[\\|`*_[\]]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** `prose` for the narrow space of a table's cell or a title: at most 160 characters of the text. */
export function cell(value: string): string {
  return prose(value.length > 160 ? `${value.slice(0, 159)}…` : value);
}

/** A table with one row an entry; empty text where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${prose(item)}`).join('\n');
}

/** A heading with its body; nothing at all where the body is empty. */
export function section(title: string, body: string): string {
  return body ? `## ${title}\n\n${body}` : '';
}

/** Joins the parts that say something, a blank line between them. */
export function page(...parts: string[]): string {
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

import { api, dataOf } from '../../../lib/http';
import type { ColumnDecision, DatasetInspection, DatasetOverrides } from '../../../lib/types';

/** What the server looks at; the rest of a large file need not travel for a preview. */
const START_BYTES = 512 * 1024;

/** What a job can start from. */
export type TableSource = { kind: 'file'; file: File } | { kind: 'version'; id: string; version: number };

/** How the server would read it with these corrections. @throws {ApiError} with the field at fault where one does not fit */
export async function inspect(
  source: TableSource,
  overrides: DatasetOverrides,
  signal: AbortSignal,
): Promise<DatasetInspection> {
  if (source.kind === 'version') {
    const path = { id: source.id, version: source.version };
    return await dataOf(
      api.POST('/datasets/{id}/versions/{version}/inspect', { params: { path }, body: overrides, signal }),
    );
  }
  const { file } = source;
  // Read before it is sent, so that a file that changed meanwhile fails as such and not as a broken connection.
  const start = await file.slice(0, START_BYTES).arrayBuffer();
  const form = new FormData();
  form.append('bytes', String(file.size));
  form.append('overrides', JSON.stringify(overrides));
  form.append('file', new Blob([start]), file.name);
  return await dataOf(api.POST('/datasets/inspect', { body: { file: '' }, bodySerializer: () => form, signal }));
}

/** Whether the server sees all of it, so that its refusal is final. */
export function isSeenWhole(source: TableSource): boolean {
  return source.kind === 'version' || source.file.size <= START_BYTES;
}

/** The last numeric column, the commonest place for a target; else the last class, else the last text. */
export function suggestTarget(columns: readonly ColumnDecision[]): string | null {
  const said = columns.find(({ role }) => role === 'target');
  if (said) return said.detected_name;
  const usable = columns.filter(
    ({ name, role, dropped }) =>
      !dropped &&
      (role === null || role === 'feature') &&
      !/^(id|.*_id|index|row|unnamed.*|year|month|day)$/i.test(name),
  );
  const last = (...types: ColumnDecision['type'][]) =>
    usable.findLast(({ type }) => types.includes(type))?.detected_name;
  return last('integer', 'real', 'boolean') ?? last('category') ?? last('text') ?? null;
}

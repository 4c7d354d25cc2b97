import { DatasetOverrides } from '../../contracts/dataset-overrides';
import { cut } from '../../contracts/failure';
import { OverrideError } from '../../data';

/** Corrections that came as JSON in the form field `overrides`; undefined where there are none. @throws {OverrideError} 422 */
export function overridesField(fields: Record<string, string>): DatasetOverrides | undefined {
  const text = fields['overrides'];
  if (text === undefined || text === '') return undefined;
  const parsed = DatasetOverrides.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const hint = 'Write them as /docs describes DatasetOverrides.';
  const message = `The overrides can't be understood: ${cut(why, 1000)}`;
  throw new OverrideError(parsed.error.issues[0]?.path ?? [], { code: 'overrides_invalid', message, hint });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

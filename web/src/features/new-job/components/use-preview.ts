import { useEffect, useState } from 'react';
import { previewOf, PREVIEW_BYTES, type Preview } from '../../../lib/csv';

/** `undefined` while it is read, `null` where the file is no readable table. */
export function usePreview(file: File | null): Preview | null | undefined {
  const [read, setRead] = useState<{ file: File; preview: Preview | null } | null>(null);
  useEffect(() => {
    if (!file) return undefined;
    let wanted = true;
    file
      .slice(0, PREVIEW_BYTES)
      .arrayBuffer()
      .then((buffer) => previewOf(new Uint8Array(buffer)))
      .catch(() => null)
      .then((preview) => wanted && setRead({ file, preview }));
    return () => {
      wanted = false;
    };
  }, [file]);
  return read && read.file === file ? read.preview : undefined;
}

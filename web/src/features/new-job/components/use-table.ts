import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { ApiError } from '../../../lib/http';
import type { DatasetInspection, DatasetOverrides } from '../../../lib/types';
import { useDataset } from '../../data/api/sources';
import { countCorrections } from '../api/corrections';
import { inspect, isSeenWhole, type TableSource } from '../api/inspect';

const NONE: DatasetOverrides = {};
const fileKeys = new WeakMap<File, number>();
let filesSeen = 0;

/** The chosen table as the server reads it, with the reader's corrections. A new choice begins without any. */
export function useTable() {
  const [parameters] = useSearchParams();
  const wanted = Number(parameters.get('version'));
  const [file, setFile] = useState<File | null>(null);
  const [dataset, setDataset] = useState<string | null>(parameters.get('dataset'));
  const [version] = useState(Number.isSafeInteger(wanted) && wanted > 0 ? wanted : null);
  const [corrections, correct] = useState(NONE);
  const stored = useDataset(dataset);
  const of = version !== null && dataset === parameters.get('dataset') ? version : (stored.data?.ready_version ?? null);
  const source = sourceOf({ file, dataset, version: of });
  const inspection = useInspection(source, corrections);
  const refused = inspection.refusal instanceof ApiError && !inspection.refusal.offline;
  const corrected = countCorrections(corrections) > 0;
  return {
    ...{ file, dataset, source, corrections, correct, ...inspection },
    /** Of the file, or of the data set's newest version. */
    bytes: dataset === null ? (file?.size ?? null) : (stored.data?.bytes ?? null),
    name: dataset === null ? file?.name : stored.data?.name,
    storedError: stored.error,
    /** What is shown is not what would be trained on. */
    unsettled: corrected && inspection.pending,
    /** A training would fail for sure: all of the table was seen, or a correction does not fit what was seen of it. */
    blocked: source !== null && refused && (corrected || isSeenWhole(source)),
    chooseFile: (next: File | null) => {
      setFile(next);
      setDataset(null);
      correct(NONE);
    },
    chooseDataset: (id: string | null) => {
      setDataset(id);
      correct(NONE);
    },
  };
}

export type Table = ReturnType<typeof useTable>;

interface Choice {
  file: File | null;
  dataset: string | null;
  version: number | null;
}

function sourceOf({ file, dataset, version }: Choice): TableSource | null {
  if (dataset !== null) return version === null ? null : { kind: 'version', id: dataset, version };
  return file && file.size > 0 ? { kind: 'file', file } : null;
}

/** While a correction is tried, and after it was refused, the table stays as it was last. */
function useInspection(source: TableSource | null, corrections: DatasetOverrides) {
  const key = source && keyOf(source);
  const { data, error, isFetching } = useQuery({
    queryKey: ['inspection', key, corrections],
    enabled: source !== null,
    staleTime: Infinity,
    queryFn: ({ signal }) => inspect(source!, corrections, signal),
  });
  const [last, setLast] = useState<{ key: string | null; seen: DatasetInspection } | null>(null);
  if (data && last?.seen !== data) setLast({ key, seen: data });
  const seen = data ?? (last?.key === key ? last?.seen : undefined);
  return { seen, refusal: error, pending: isFetching };
}

function keyOf(source: TableSource): string {
  if (source.kind === 'version') return `${source.id}/${source.version}`;
  const known = fileKeys.get(source.file) ?? (filesSeen += 1);
  fileKeys.set(source.file, known);
  return `file ${known}`;
}
